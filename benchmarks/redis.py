"""A Redis server for the peer whose processes share one count."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS = 10


def socket_path() -> Path:
    """Return where the server listens; nothing is there while it does not run."""
    return Path(os.environ["SHOPIQ_DATA"]) / "redis.sock"


@contextmanager
def running() -> Iterator[None]:
    """Run Debian's `redis-server` without a disk; print a warning if it is missing."""
    program = shutil.which("redis-server")
    if program is None:
        print("SKIPPED: no redis-server; the rows of its peer are missing.", file=sys.stderr)
        yield
        return
    options = (
        "--port",
        "0",
        "--unixsocket",
        str(socket_path()),
        "--save",
        "",
        "--appendonly",
        "no",
    )
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait_for(process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS
    while not socket_path().exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("redis-server did not start")
        time.sleep(0.05)
