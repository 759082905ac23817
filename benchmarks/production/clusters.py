"""A primary and a streaming standby of Debian's PostgreSQL on loopback."""

from __future__ import annotations

import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.production.processes import free_port, wait_for
from config.local.users import run_as

_OPTIONS = (
    *("-c", "listen_addresses=127.0.0.1", "-c", "wal_level=replica", "-c", "max_wal_senders=8"),
    *("-c", "hot_standby=on", "-c", "max_connections=120", "-c", "synchronous_commit=on"),
    *("-c", "max_wal_size=128MB"),
)
_HBA = "".join(
    f"{who} trust\n"
    for who in ("local all all", "host all all 127.0.0.1/32", "host replication all 127.0.0.1/32")
)


def binaries() -> Path:
    """Return the newest installed version's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    if not found:
        raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
    return found[-1]


class Cluster:
    """One server in `folder`, which its unprivileged user can enter."""

    def __init__(self, folder: Path, *, log: Path) -> None:
        self.folder, self.port, self._log = folder, free_port(), log
        self._process: subprocess.Popen[bytes] | None = None
        self._user = pwd.getpwnam("postgres")

    def create(self) -> None:
        self._run("initdb", "-D", self.folder, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        (self.folder / "pg_hba.conf").write_text(_HBA)

    def copy_from(self, primary: Cluster) -> None:
        """Become its standby."""
        self._run(
            *("pg_basebackup", "-D", self.folder, "-R", "-X", "stream", "-c", "fast"),
            *("-d", primary.url("postgres", "postgres")),
        )

    def start(self) -> None:
        command: list[str | Path] = [
            binaries() / "postgres",
            "-D",
            self.folder,
            "-p",
            str(self.port),
            *_OPTIONS,
        ]
        command += ["-c", f"unix_socket_directories={self.folder}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user)
        wait_for(self.answers)

    def answers(self) -> bool:
        ready: list[str | Path] = [
            binaries() / "pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        return subprocess.run(ready, check=False).returncode == 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions; SIGQUIT ends at once, as a crash does."""
        if self._process and self.is_running():
            self._process.send_signal(how)
            self._process.wait()

    def wait_for_standby(self) -> None:
        """Answer commits when the standby has them, too: else a failover loses the last ones."""
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url("postgres", database), autocommit=True) as session:
            session.execute(statement.encode())

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def promote(self) -> None:
        self._run("pg_ctl", "promote", "-D", self.folder, "-w")

    def url(self, role: str, database: str = "shopiq") -> str:
        return f"postgres://{role}:secret@127.0.0.1:{self.port}/{database}"

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [binaries() / name, *arguments],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user,
        )
        if done.returncode:
            raise SystemExit(f"{name} failed: {done.stderr.strip()}")

    @property
    def _as_user(self) -> dict[str, Any]:
        return {**run_as(self._user), "cwd": "/"}
