"""`python -m tests.e2e.scores [NAME…]`: Lighthouse over every page, or those named, as a table.

Speed, accessibility and best practices, on a phone and on a desk; at the end, how many are below
99, 100 and 100. The speed is worth reading only on a machine that does nothing else.
Needs `npm ci` in `tests/e2e/lighthouse`.
"""

from __future__ import annotations

import sys

from tests.e2e.tool import run_tool

if __name__ == "__main__":
    sys.exit(run_tool("lights.py", "-s", SCENES=" ".join(sys.argv[1:])))
