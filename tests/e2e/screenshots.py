"""`python -m tests.e2e.screenshots [NAME…]`: screenshots of every page, or of those named.

They are written to `screenshots/`, 1440 and 390 pixels wide, light and dark, named after the pages'
URLs. Browser errors and elements wider than a phone are listed at the end.
"""

from __future__ import annotations

import sys

from tests.e2e.tool import run_tool

if __name__ == "__main__":
    sys.exit(run_tool("camera.py", SCREENSHOTS=" ".join(sys.argv[1:])))
