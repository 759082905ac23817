"""Runs a command, and again whenever a Python file of the checkout has changed.

    python -m bin.reload manage.py work

Django's own reloader runs in a thread, where the worker could not listen to signals.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
#: Apps and what they share; tests and benchmarks are not what runs.
IGNORED = {"tests", "benchmarks", "docs", "static", "templates"}
PAUSE_SECONDS = 1.0


def main(command: list[str]) -> int:
    """Return the exit code of a command that ended by itself."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    while True:
        seen = dict(_times())
        child = subprocess.Popen([sys.executable, "-u", *command])
        try:
            while dict(_times()) == seen:
                try:
                    return child.wait(PAUSE_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            child.terminate()
            child.wait()


def _times() -> Iterator[tuple[str, float]]:
    for folder, folders, files in os.walk(CHECKOUT):
        folders[:] = [f for f in folders if f not in IGNORED and not f.startswith((".", "_"))]
        for name in files:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                try:
                    yield path, os.stat(path).st_mtime
                except FileNotFoundError:
                    continue


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)
