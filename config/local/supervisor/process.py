"""Run child processes that cannot outlive us, each in a session of its own, its output in a pipe.

Everything here must be called from the main thread of a program without threads: the kernel's
signal at a parent's death comes when the thread that forked ends.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
#: Set for every child to the data folder of its run, so that a later run finds what was left.
RUN_MARKER = "SHOPIQ_SUPERVISED"
#: What a pipe holds: one read takes all of it.
_PIPE_BYTES = 65_536


def die_with_parent() -> Callable[[], None] | None:
    """A ``preexec_fn``: the child is asked to end (SIGTERM) when we are killed. Linux only."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # we were killed before the request
            os._exit(1)

    return ask_kernel


class Process:
    """One command of a Procfile. It leads a session, so that all it leaves can be killed."""

    def __init__(self, name: str, command: str, env: dict[str, str]) -> None:
        self.name = name
        self._command = command
        self._env = env
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = b""
        #: The reading end of its output until nothing more can come.
        self.output: int | None = None

    def start(self) -> None:
        """Run the command in a shell that is asked to end when we are killed."""
        self.output, writing = os.pipe()
        os.set_blocking(self.output, False)
        self._child = subprocess.Popen(
            ["/bin/sh", "-c", self._command],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - no thread runs yet
        )
        os.close(writing)

    @property
    def is_started(self) -> bool:
        return self._child is not None

    def has_ended(self) -> bool:
        """Whether the leader ended. It is not reaped yet, so its number is not given to another."""
        if self._child is None:
            return True
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._child.pid, options) is not None

    def send_signal(self, number: signal.Signals) -> None:
        """To the leader alone: how its own children end is its business."""
        if self._child and not self.has_ended():
            os.kill(self._child.pid, number)

    def finish(self) -> tuple[int, list[str]]:
        """Kill what is left of the group; returns the leader's exit code (-9 for SIGKILL) and the
        last lines it wrote."""
        if self._child is None:
            return 0, []
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        code = self._child.wait()
        lines = [*self.read_lines(), self._rest.decode(errors="replace")]
        self._close()
        self._child, self._rest = None, b""
        return code, [line for line in lines if line]

    def read_lines(self) -> list[str]:
        """The lines written since the last time, without waiting for more."""
        if self.output is None:
            return []
        try:
            chunk = os.read(self.output, _PIPE_BYTES)
        except BlockingIOError:
            return []
        if not chunk:
            self._close()
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def _close(self) -> None:
        if self.output is not None:
            os.close(self.output)
            self.output = None


def end_leftovers(run: str, *, grace: float) -> None:
    """End the children of an earlier, killed supervisor of this run, without hurting their calls.

    They were asked by the kernel already; those whose own leader was killed too were not.
    """
    deadline = time.monotonic() + grace
    for pid in _leftovers(run):
        _send(signal.SIGTERM, pid)
    while _leftovers(run) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in _leftovers(run):
        _send(signal.SIGKILL, pid)


def _leftovers(run: str) -> list[int]:
    marker = os.fsencode(f"{RUN_MARKER}={run}")
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # another user's, or gone
            if marker in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


def _send(number: signal.Signals, pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
