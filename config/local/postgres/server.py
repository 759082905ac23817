"""The processes of the embedded PostgreSQL.

No pid file is believed: after a crash its number may be another program's. A process counts when
it runs as the cluster's owner and bears the cluster's name in its title, and a server is used
only after it has said itself which folder it serves.
"""

import fcntl
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.local.postgres.cluster import DATABASE, ROLE, Cluster, PostgresError

PORT = 5432
#: Crash recovery replays the log since the last checkpoint: seconds, after heavy writing more.
START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOG_BYTES = 10 * 2**20

OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


class Server:
    """What serves the cluster of one data folder."""

    def __init__(self, data: Path) -> None:
        self.cluster = Cluster(data)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Names the port, or libpq would take it from the caller's ``PGPORT``."""
        host = quote(str(self.cluster.sockets), safe="")
        return f"postgres://{ROLE}@:{PORT}/{DATABASE}?host={host}"

    def start(self, *, preexec: Callable[[], None] | None = None) -> None:
        """Make the cluster if there is none, and serve it; nothing to do if it is served already.

        ``preexec`` runs in the server's process before it becomes PostgreSQL.
        Raises ``PostgresError``, and ``OSError`` for folders that cannot be made.
        """
        self.cluster.make_folders()
        with self._lock():
            if self._is_usable():
                return
            self._end_orphans()
            binaries = self.cluster.binaries()
            self.cluster.create(binaries)
            self._launch(binaries, preexec)

    def stop(self) -> None:
        """End every process of the cluster: open transactions are rolled back. Waits for it."""
        if self.cluster.data.is_dir():
            with self._lock():
                self._stop()
                with suppress(OSError):  # never made, or a killed server's socket is still in it
                    self.cluster.sockets.rmdir()

    def is_running(self) -> bool:
        """Whether there is a server process; it may still be starting or already on its way out."""
        return self._leader() is not None

    def processes(self) -> dict[int, str]:
        """Pid and command line of every process of this cluster, orphaned backends included."""
        if self._process:
            self._process.poll()
        leader = f"/postgres -D {self.cluster.path} -c cluster_name={self.cluster.name} "
        backend = f"postgres: {self.cluster.name}: "
        return {
            pid: command
            for pid, command in _commands(self.cluster.owner.pw_uid)
            if leader in command or command.startswith(backend)
        }

    def _leader(self) -> int | None:
        leaders = [pid for pid, command in self.processes().items() if " -D " in command]
        # A child that was forked this moment still bears its parent's line; the recorded one is it.
        with suppress(FileNotFoundError):
            recorded = (self.cluster.path / "postmaster.pid").read_text().partition("\n")[0]
            leaders.sort(key=lambda pid: str(pid) != recorded)
        return next(iter(leaders), None)

    def _is_usable(self) -> bool:
        """Whether a running server answers; one that is on its way out is seen off first."""
        deadline = time.monotonic() + START_SECONDS
        while self.is_running():
            refusal = self._ask()
            if not refusal:
                return True
            if "shutting down" in refusal:
                self._stop()
            elif "authentication failed" in refusal or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL is running but not responding: {refusal}")
            time.sleep(0.05)
        return False

    def _ask(self) -> str:
        """Why the server cannot be used; empty when it answers and serves this very cluster."""
        try:
            with psycopg.connect(self.url, connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError as error:
            return str(error)
        if row != (str(self.cluster.path),):
            raise PostgresError(f"Another server is listening in {self.cluster.sockets}: {row}.")
        return ""

    def _launch(self, binaries: Path, preexec: Callable[[], None] | None) -> None:
        """Returns when the server answers; a crash before that is explained from its log."""
        self._remove_leftovers()
        if self._process:
            # Ended, or we would not be here; whether its end was already noted is chance.
            self._process.wait(timeout=START_SECONDS)
        with self.cluster.log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                self._command(binaries),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is the supervisor's to act on
                preexec_fn=preexec,  # noqa: PLW1509 - no thread runs yet
                **self.cluster.as_owner,
            )
        # For a moment after its start a process bears no command line, and would count as ended.
        while self._process.poll() is None and not self.is_running():
            time.sleep(0.005)
        if not self._is_usable():
            said = self.cluster.log.read_bytes()[before:].decode(errors="replace")
            raise PostgresError(self.cluster.explain("PostgreSQL did not start", said))

    def _command(self, binaries: Path) -> list[str | Path]:
        options = {
            "cluster_name": self.cluster.name,  # first: `processes` looks for it there
            **OPTIONS,
            "unix_socket_directories": str(self.cluster.sockets),
            **self.cluster.write_access_files(),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        extra = shlex.split(os.environ.get("SHOPIQ_POSTGRES_OPTIONS", ""))
        return [binaries / "postgres", "-D", self.cluster.path, *settings, *extra]

    def _remove_leftovers(self) -> None:
        """Of a killed server: its number may meanwhile be another program's, in a restarted
        container for one, which PostgreSQL would take for a living server and give up."""
        (self.cluster.path / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.cluster.sockets.glob(".s.PGSQL.*"):
            leftover.unlink()
        if self.cluster.log.exists() and self.cluster.log.stat().st_size > LOG_BYTES:
            self.cluster.log.rename(f"{self.cluster.log}.1")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.cluster.data / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _stop(self) -> None:
        for request, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0)):
            if leader := self._leader():
                _send(request, [leader])
                self._wait_until_gone(seconds)
        self._end_orphans()

    def _end_orphans(self) -> None:
        """A new server must not start while backends of a killed one still write.

        They notice the death of their server by themselves, unless they are in a long computation.
        """
        if not self._wait_until_gone(1.0):
            _send(signal.SIGKILL, self.processes())
            if not self._wait_until_gone(10.0):
                raise PostgresError(f"Processes of {self.cluster.path} did not stop. Kill them.")

    def _wait_until_gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _commands(owner: int) -> Iterator[tuple[int, str]]:
    """Pid and command line of every process that runs as this user."""
    if not Path("/proc/self/cmdline").exists():  # not Linux
        listing = subprocess.check_output(["ps", "-o", "pid=,command=", "-U", str(owner)])
        for line in listing.decode(errors="replace").splitlines():
            number, _, text = line.strip().partition(" ")
            yield int(number), text
        return
    for entry in Path("/proc").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdecimal() and entry.stat().st_uid == owner:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                yield int(entry.name), os.fsdecode(command)
