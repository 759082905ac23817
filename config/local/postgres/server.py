"""The processes of the embedded PostgreSQL.

No pid file is trusted: after a crash, its pid may belong to another program. A process counts if it
runs as the cluster's owner and has the cluster's name in its title, and a server is used only after
it has confirmed which folder it serves.
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

from config.local.files import open_private
from config.local.postgres.cluster import Cluster, PostgresError
from config.local.postgres.options import OPTIONS, PORT
from config.local.postgres.roles import ADMIN, APPLICATION, DATABASE, OWNER

#: Crash recovery replays the log since the last checkpoint: seconds, or more after heavy writing.
START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOG_BYTES = 10 * 2**20

FIND_ROLES = "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
#: Part of PostgreSQL's own message.
MISSING_ROLES = "does not exist"


class Server:
    """The server of the cluster in one data folder."""

    def __init__(self, data: Path) -> None:
        self.cluster = Cluster(data)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the URL of web, worker and sweeper."""
        return self._url_of(APPLICATION)

    @property
    def owner_url(self) -> str:
        """Return the URL of `migrate`."""
        return self._url_of(OWNER)

    @property
    def admin_url(self) -> str:
        """Return the URL of the superuser."""
        return self._url_of(ADMIN)

    def _url_of(self, role: str) -> str:
        """Include the port, or libpq would take it from the caller's ``PGPORT``."""
        host = quote(str(self.cluster.sockets), safe="")
        return f"postgres://{role}@:{PORT}/{DATABASE}?host={host}"

    def start(
        self, *, preexec: Callable[[], None] | None = None, binaries: Path | None = None
    ) -> None:
        """Create the cluster if there is none, and start its server unless it is running.

        ``preexec`` runs in the server's process before it becomes PostgreSQL. Raises
        ``PostgresError``, and ``OSError`` for folders that cannot be created.
        """
        self.cluster.make_folders()
        with self._lock():
            if self._is_usable():
                return
            self._terminate_orphans()
            binaries = binaries or self.cluster.binaries()
            self.cluster.create(binaries)
            self._launch(binaries, preexec)

    def stop(self) -> None:
        """End all processes of the cluster, rolling back open transactions, and wait for them."""
        if self.cluster.data.is_dir():
            with self._lock():
                self._stop()
                with suppress(OSError):  # never created, or a killed server's socket is still in it
                    self.cluster.sockets.rmdir()

    def is_running(self) -> bool:
        """Return whether there is a server process; it may still be starting or already be
        stopping."""
        return self._leader() is not None

    def processes(self) -> dict[int, str]:
        """Return pid and command line of the cluster's processes, including orphaned backends."""
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
        # A child that was just forked still has its parent's title; the recorded pid is the
        # parent's.
        with suppress(FileNotFoundError):
            recorded = (self.cluster.path / "postmaster.pid").read_text().partition("\n")[0]
            leaders.sort(key=lambda pid: str(pid) != recorded)
        return next(iter(leaders), None)

    def _is_usable(self) -> bool:
        """Return whether a running server responds; first wait for one that is stopping."""
        deadline = time.monotonic() + START_SECONDS
        while self.is_running():
            problem = self._find_problem()
            if not problem:
                return True
            if "shutting down" in problem:
                self._stop()
            elif MISSING_ROLES in problem:
                raise PostgresError(
                    f"The database in {self.cluster.path} is of an earlier version, whose tables "
                    "belong to the serving role. Move it away, and a new one is made."
                )
            elif "authentication failed" in problem or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL is running but not responding: {problem}")
            time.sleep(0.05)
        return False

    def _find_problem(self) -> str:
        """Return why the server cannot be used, "" if it responds and serves this cluster."""
        try:
            with psycopg.connect(self.admin_url, connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
                found = connection.execute(FIND_ROLES, [[OWNER, APPLICATION]]).fetchone()
        except psycopg.OperationalError as error:
            return str(error)
        if row != (str(self.cluster.path),):
            raise PostgresError(f"Another server is listening in {self.cluster.sockets}: {row}.")
        return "" if found == (2,) else MISSING_ROLES

    def _launch(self, binaries: Path, preexec: Callable[[], None] | None) -> None:
        """Return when the server responds; explain an earlier crash from its log."""
        self._remove_leftovers()
        if self._process:
            # It has ended, or we would not be here; whether its status was collected depends on
            # timing.
            self._process.wait(timeout=START_SECONDS)
        with open_private(self.cluster.log) as log:
            before = log.seek(0, os.SEEK_END)
            self._process = subprocess.Popen(
                self._command(binaries),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the supervisor handles the terminal's Ctrl-C
                preexec_fn=preexec,  # noqa: PLW1509 - no thread runs yet
                **self.cluster.as_owner,
            )
        # Just after its start, a process has no command line yet and would count as ended.
        while self._process.poll() is None and not self.is_running():
            time.sleep(0.005)
        if not self._is_usable():
            said = self.cluster.log.read_bytes()[before:].decode(errors="replace")
            raise PostgresError(self.cluster.explain("PostgreSQL did not start", said))

    def _command(self, binaries: Path) -> list[str | Path]:
        options = {
            "cluster_name": self.cluster.name,  # first: `processes` finds it there
            **OPTIONS,
            "unix_socket_directories": str(self.cluster.sockets),
            **self.cluster.write_access_files(),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        extra = shlex.split(os.environ.get("SHOPIQ_POSTGRES_OPTIONS", ""))
        return [binaries / "postgres", "-D", self.cluster.path, *settings, *extra]

    def _remove_leftovers(self) -> None:
        """Remove the pid file of a killed server: its pid may belong to another program by now, as
        in a restarted container, and PostgreSQL would refuse to start."""
        (self.cluster.path / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.cluster.sockets.glob(".s.PGSQL.*"):
            leftover.unlink()
        if self.cluster.log.exists() and self.cluster.log.stat().st_size > LOG_BYTES:
            self.cluster.log.rename(f"{self.cluster.log}.1")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with open_private(self.cluster.data / "postgres.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _stop(self) -> None:
        for request, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0)):
            if leader := self._leader():
                _send(request, [leader])
                self._wait_until_stopped(seconds)
        self._terminate_orphans()

    def _terminate_orphans(self) -> None:
        """End the backends of a killed server, which may still be writing, before a new one starts.

        They notice the death of their server by themselves, unless they are in a long computation.
        """
        if not self._wait_until_stopped(1.0):
            _send(signal.SIGKILL, self.processes())
            if not self._wait_until_stopped(10.0):
                raise PostgresError(f"Processes of {self.cluster.path} did not stop. Kill them.")

    def _wait_until_stopped(self, seconds: float) -> bool:
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
    """Yield pid and command line of each process of this user."""
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
