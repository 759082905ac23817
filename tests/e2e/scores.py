"""`python -m tests.e2e.scores [NAME…]`: Lighthouse over every page, or those named, as a table.

Speed, accessibility and best practices, on a phone and on a desk; at the end, how many are below
99, 100 and 100. The speed is worth reading only on a machine that does nothing else: `--no-speed`
leaves it out. `--language hi` shows the pages in Hindi, `--form mobile` only on a phone.
Needs `npm ci` in `tests/e2e/lighthouse`.
"""

from __future__ import annotations

import argparse
import sys

from tests.e2e.tool import run_tool

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.scores")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--language", default="")
    parser.add_argument("--form", choices=("mobile", "desktop"), default="")
    given = parser.parse_args()
    environment = {
        "SCENES": " ".join(given.names),
        "WITHOUT": "performance" if given.no_speed else "",
        "PAGES_LANGUAGE": given.language,
        "FORM": given.form,
    }
    sys.exit(run_tool("lights.py", "-s", **environment))
