"""Processes of the installation, their ports and logs."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("gave up waiting")
        time.sleep(0.1)


def program(name: str, package: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin:/bin:/sbin")
    if not found:
        raise SystemExit(f"{name} is missing: apt-get install {package}")
    return found


class Process:
    """A command with a log, in a session of its own."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, folder: Path, env: Mapping[str, str]
    ) -> None:
        self.name, self._command, self.env = name, command, dict(env)
        self.checkout: Path | None = None
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self.env,
                cwd=self.checkout,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def signal(self, how: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(how)

    def kill(self) -> None:
        """Kill it and its children, as the kernel's out-of-memory killer may."""
        if self.is_running():
            assert self._process
            subprocess.run(["kill", "-KILL", "--", f"-{self._process.pid}"], check=False)
            self._process.wait()

    def stop(self) -> None:
        """End it as systemd does, and wait."""
        if self.is_running():
            assert self._process
            self._process.terminate()
            self._process.wait()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
