"""`python -m tests.e2e.readme`: take the screenshots of the dashboard that the README shows."""

from __future__ import annotations

import sys

from tests.e2e.tool import run_tool

if __name__ == "__main__":
    sys.exit(run_tool("portraits.py"))
