"""The attacked platform: the processes of the Procfile, and a PostgreSQL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import urllib3
from honcho.environ import parse_procfile

from config.local.postgres import Server
from config.local.supervisor.process import die_with_parent
from tests.ports import free_port

CHECKOUT = Path(__file__).resolve().parent.parent.parent
#: Seconds; what takes longer is broken, even on a busy machine.
PATIENCE_SECONDS = 120.0
#: Names the folder of a stopped platform with the schema and no rows. It is copied, as making one
#: takes longer than a short run.
PREPARED = "SHOPIQ_PREPARED"
TARGETS = ("web master", "web worker", "worker", "sweeper", "postmaster", "all of postgres")


class Platform:
    """Start and kill it from the main thread only; `keep` restarts what died."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.server = Server(folder)
        self.log = folder / "platform.log"
        self.port = free_port()
        self.env = {
            **os.environ,
            **env,
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
            "SHOPIQ_DATA": str(folder),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "32",
            "SHOPIQ_CHECKED": "1",  # as `bin/run` has it: settings do not change between two kills
        }
        self.env.pop("DATABASE_URL", None)
        self._commands: dict[str, str] = parse_procfile(
            (CHECKOUT / "Procfile").read_text()
        ).processes
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Create an empty database with the schema, or copy a prepared one."""
        if prepared := os.environ.get(PREPARED):
            folder = self.server.cluster.data
            subprocess.run(["cp", "-a", f"{prepared}/.", folder], check=True)  # it keeps owners
        self.server.start(preexec=die_with_parent())
        for command in () if prepared else ("migrate", "createcachetable"):
            self.manage(command).check_returncode()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a management command."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def keep(self) -> None:
        """Start what is not running, after killing the rest of a dead leader's group."""
        if not self.server.is_running():
            self.server.start(preexec=die_with_parent())
        for name, command in self._commands.items():
            process = self._running.get(name)
            if process is None or process.poll() is not None:
                self._end_group(name)
                self._running[name] = self._start(command)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """Return a connection; raise `TimeoutError` if the server does not start.

        A server that was just killed may still look alive to `keep`, and refuses connections.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.keep()
            try:
                connection = psycopg.connect(self.server.owner_url)
                break
            except psycopg.OperationalError as error:
                if time.monotonic() > end:
                    raise TimeoutError(f"PostgreSQL does not come up: {error}") from error
            time.sleep(0.05)
        with connection:
            yield connection

    def wait_for_database(self) -> None:
        """Wait until PostgreSQL responds; raise `TimeoutError`."""
        with self.database():
            pass

    def wait_until_serving(self) -> None:
        """Wait until the web process responds; raise `TimeoutError`."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self.keep()
            with suppress(urllib3.exceptions.HTTPError):
                if urllib3.request("GET", f"{self.url}/healthz", timeout=2).status == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"the platform does not come up; its log is {self.log}")

    def pid(self, name: str) -> int:
        """Return that of a program of the Procfile."""
        return self._running[name].pid

    def kill(self, target: str, dice: random.Random) -> bool:
        """Send SIGKILL; return False if there is no such process now."""
        victims = self._victims(target, dice)
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(victims)

    def _victims(self, target: str, dice: random.Random) -> list[int]:
        if target == "all of postgres":
            return list(self.server.processes())
        if target == "postmaster":
            return [pid for pid, line in self.server.processes().items() if " -D " in line][:1]
        leader = self._running["web" if target.startswith("web") else target].pid
        if target == "web worker":
            found = children(leader)
            return [dice.choice(found)] if found else []
        return [leader]

    def restart_sweeper(self) -> None:
        """Start a new sweeper, which sweeps at once."""
        self._end_group("sweeper")
        self.keep()

    def stop(self) -> None:
        """Stop everything that was started here."""
        for name in self._commands:
            self._end_group(name)
        self.server.stop()

    def _start(self, command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=CHECKOUT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - set before any thread runs
            )

    def _end_group(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def children(pid: int) -> list[int]:
    """Return the pids of its children; none if it has ended."""
    with suppress(FileNotFoundError):
        return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
