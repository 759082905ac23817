"""Runs pytest in children of a process that has imported the libraries, which takes longer than
most tests.

Each line of the standard input is a run, `{"arguments": […], "output": path, "seconds": …}`; the
answer is its exit code, or `null` if it was stopped after so many seconds. A script, so that the
code under test is imported by the children alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import import_module
from typing import Any

LIBRARIES = (
    *("boto3", "factory.django", "faker.factory", "hypothesis", "jwt", "PIL.ImageFilter"),
    *("playwright.sync_api", "psycopg", "pytest", "structlog", "urllib3"),
)


def main() -> None:
    for name in LIBRARIES:
        import_module(name)
    for line in sys.stdin:
        run = json.loads(line)
        pid = os.fork()
        if not pid:
            sys.exit(_run(run))
        sys.stdout.write(f"{json.dumps(_wait(pid, run['seconds']))}\n")
        sys.stdout.flush()


def _run(run: dict[str, Any]) -> int:
    import pytest

    os.setsid()
    output = os.open(run["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.path[0] = os.getcwd()
    return int(pytest.main(run["arguments"]))


def _wait(pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


if __name__ == "__main__":
    main()
