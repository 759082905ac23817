"""PostgreSQL's own programs, such as pg_dump: of the server's version if possible."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.local.postgres.cluster import PostgresError, installed_binaries

_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
#: What libpq takes from the environment, so that no password is in the list of processes.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "passfile": "PGPASSFILE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def find_program(name: str, *, server_major: int) -> Path:
    """Return the program of the server's major version, else the oldest newer one.

    An older one cannot read the server; a newer one may write what the server cannot restore.
    """
    found = {_major_of(path): path for path in reversed(list(_candidates(name)))}
    usable = sorted(major for major in found if major >= server_major)
    if not usable:
        raise PostgresError(
            f"{name} of PostgreSQL {server_major} or newer was not found. On Debian: apt-get"
            f" install postgresql-client-{server_major}"
        )
    return found[usable[0]]


def run_program(
    name: str, *arguments: str | Path, parameters: Mapping[str, Any], server_major: int
) -> None:
    """Run it for the database of these connection parameters; raise `PostgresError`."""
    done = subprocess.run(
        [find_program(name, server_major=server_major), *arguments],
        env=_environment(parameters),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise PostgresError(f"{name} failed: {lines[0]}")


def _candidates(name: str) -> Iterator[Path]:
    yield from sorted(_DEBIAN.glob(f"*/bin/{name}"))
    if on_path := shutil.which(name):
        yield Path(on_path)
    bundled = installed_binaries() / name
    if bundled.exists():
        yield bundled


def _major_of(program: Path) -> int:
    try:
        text = subprocess.check_output([program, "--version"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = _VERSION.search(text)
    return int(found[1]) if found else 0


def _environment(parameters: Mapping[str, Any]) -> dict[str, str]:
    given = {
        variable: str(parameters[name])
        for name, variable in _VARIABLES.items()
        if parameters.get(name)
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**inherited, **given}
