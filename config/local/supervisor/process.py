"""Child processes that do not outlive the supervisor, each in its own session, with piped output.

Everything here must be called from the main thread of a program without other threads: the kernel
sends its signal at a parent's death when the thread that forked ends.
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
from typing import Any

_PR_SET_PDEATHSIG = 1
#: Set for every child to the data folder, so that a later run finds what was left.
RUN_MARKER = "SHOPIQ_SUPERVISED"
#: Capacity of a pipe: one read empties it.
_PIPE_BYTES = 65_536


def die_with_parent() -> Callable[[], None] | None:
    """Return a ``preexec_fn`` that has the kernel send SIGTERM when we are killed. Linux only."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # we were killed before the call
            os._exit(1)

    return ask_kernel


class Process:
    """A command of a Procfile. It leads a session, so that all of its processes can be killed."""

    def __init__(
        self, name: str, command: str, env: dict[str, str], options: dict[str, Any] | None = None
    ) -> None:
        """`options` are further arguments of Popen, such as a user."""
        self.name = name
        self._options = options or {}
        self._command = command
        self._env = env
        self._child: subprocess.Popen[bytes] | None = None
        self._rest = b""
        #: The reading end of its output, until it is closed.
        self.output: int | None = None

    def start(self) -> None:
        """Run the command in a shell that gets SIGTERM when we are killed."""
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
            **self._options,
        )
        os.close(writing)

    @property
    def is_started(self) -> bool:
        return self._child is not None

    def has_ended(self) -> bool:
        """Return whether the leader has ended. It is not reaped yet, so its pid is not reused."""
        if self._child is None:
            return True
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._child.pid, options) is not None

    def send_signal(self, number: signal.Signals) -> None:
        """Signal the leader only, which is responsible for its own children."""
        if self._child and not self.has_ended():
            os.kill(self._child.pid, number)

    def finish(self) -> tuple[int, list[str]]:
        """Kill the rest of the group; return the leader's exit code (-9 for SIGKILL) and last
        lines."""
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
        """Return the lines since the last call, without waiting."""
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


def stop_leftovers(run: str, *, grace: float) -> None:
    """End the children of an earlier, killed supervisor of this run, without cutting off their
    calls.

    The kernel has sent them SIGTERM already, except those whose own leader was killed, too.
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
        with suppress(OSError):  # another user's, or already ended
            if marker in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


def _send(number: signal.Signals, pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
