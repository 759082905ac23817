"""A worker that dies by SIGKILL at a line of its own choice.

Reads a number from each line of its input, has a child run the pipeline that kills itself before
that line of the product's code, and prints how the child ended and how many lines it came to.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import django

ROOT = str(Path(__file__).resolve().parent.parent.parent)
WATCHED = tuple(f"{ROOT}/{name}" for name in ("deployments/", "integrations/services/"))


class Countdown:
    """Counts lines of watched files, and kills its process at the one that was asked for."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.lines = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(WATCHED):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace


def work(last: int) -> int:
    """Runs the pipeline; the lines that it took."""
    from deployments import pipeline
    from tests.deployments.deployment_fakes import TinyBuilder

    setattr(pipeline, "configured_builder", TinyBuilder)  # noqa: B010 - it exports no such name
    countdown = Countdown(last)
    sys.settrace(countdown.trace)
    try:
        pipeline.run_due()
    finally:
        sys.settrace(None)
    return countdown.lines


def main() -> None:
    django.setup()
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, str(work(int(line))).encode())
            os._exit(0)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        lines = os.read(reader, 20).decode()
        os.close(reader)
        how = "killed" if os.WIFSIGNALED(status) else "done"
        sys.stdout.write(f"{how} {lines or line.strip()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
