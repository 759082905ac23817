"""Runs a command, and again whenever a Python file of the checkout has changed.

    python -m bin.reload manage.py work
    python -m bin.reload --sql manage.py install_functions

With ``--sql``, SQL files are watched instead, and the command is one that ends by itself. Django's
own reloader runs in a thread, where the worker could not listen to signals.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
#: Apps and what they share; tests and benchmarks are not what runs.
IGNORED = {"tests", "benchmarks", "docs", "static", "templates"}
PAUSE_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Return the exit code of a command that ended by itself."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    is_sql = arguments[0] == "--sql"
    suffix, command = (".sql", arguments[1:]) if is_sql else (".py", arguments)
    while True:
        seen = dict(_times(suffix))
        child = subprocess.Popen([sys.executable, "-u", *command])
        try:
            while dict(_times(suffix)) == seen:
                try:
                    code = child.wait(PAUSE_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
                if not is_sql:
                    return code
                time.sleep(PAUSE_SECONDS)
        finally:
            child.terminate()
            child.wait()


def _times(suffix: str) -> Iterator[tuple[str, float]]:
    for folder, folders, files in os.walk(CHECKOUT):
        folders[:] = [f for f in folders if f not in IGNORED and not f.startswith((".", "_"))]
        for name in files:
            if name.endswith(suffix):
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
