"""`python -m tests.e2e.weight [NAME…]`: what every page costs, or those named, as a table.

Bytes over the wire and requests of a first view, the queries, and the median of the server's time;
at the end, what is over the limits. Judge the time on a machine that does nothing else.
"""

from __future__ import annotations

import sys

from tests.e2e.tool import run_tool

if __name__ == "__main__":
    sys.exit(run_tool("scales.py", "-s", SCENES=" ".join(sys.argv[1:])))
