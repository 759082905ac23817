"""Run a file of tests that is a tool: only its own command runs it, on a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config.local.postgres import Server, data_dir


def run_tool(name: str, *options: str, **environment: str) -> int:
    """Have pytest run a file beside this one on a separate embedded PostgreSQL."""
    data = data_dir().with_name(f"{data_dir().name}-test")
    server = Server(data)
    was_running = server.is_running()
    server.start()
    try:
        file = str(Path(__file__).with_name(name))
        command = [sys.executable, "-m", "pytest", file, "--timeout=14400", "-n", "0", *options]
        env = {**os.environ, "SHOPIQ_DATA": str(data), **environment}
        return subprocess.run(command, env=env, check=False).returncode
    finally:
        if not was_running:
            server.stop()
