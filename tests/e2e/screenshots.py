"""`python -m tests.e2e.screenshots [NAME…]`: screenshots of every page, or of those named.

They are written to `screenshots/`, 1440 and 390 pixels wide, light and dark, named after the pages'
URLs. Browser errors and elements wider than a phone are listed at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config.local.postgres import Server, data_dir

_CAMERA = Path(__file__).with_name("camera.py")


def main(names: list[str]) -> int:
    """Have pytest run `camera.py` on a separate embedded PostgreSQL."""
    data = data_dir().with_name(f"{data_dir().name}-test")
    environment = {**os.environ, "SHOPIQ_DATA": str(data), "SCREENSHOTS": " ".join(names)}
    server = Server(data)
    was_running = server.is_running()
    server.start()
    try:
        command = [sys.executable, "-m", "pytest", str(_CAMERA), "--timeout=1800", "-n", "0"]
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        if not was_running:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
