"""Dump, restore and upgrade the embedded cluster.

Only a server of the same major version can read a cluster's files, so an upgrade starts the old
server a last time, dumps everything and restores it into a new cluster. The old one is kept.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config.local.postgres.cluster import PostgresError, installed_binaries
from config.local.postgres.programs import run_program
from config.local.postgres.server import Server

_HAS_TABLES = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
_DEBIAN = Path("/usr/lib/postgresql")


def dump(server: Server, file: Path) -> None:
    """Write the database into a file that only its owner can read."""
    with _running(server):
        file.touch(mode=0o600)
        _run(server, "pg_dump", "--format=custom", f"--file={file}")


def restore(server: Server, file: Path) -> None:
    """Restore a dump into an empty database, completely or not at all."""
    if not file.is_file():
        raise PostgresError(f"{file} is not a file.")
    with _running(server):
        with psycopg.connect(server.owner_url) as session:
            if session.execute(_HAS_TABLES).fetchone() == (True,):
                raise PostgresError(
                    f"The database in {server.cluster.path} is not empty. Set SHOPIQ_DATA to a new"
                    " folder, or move it away."
                )
        _run(
            server, "pg_restore", "--single-transaction", "--exit-on-error", "--dbname=shopiq", file
        )


def upgrade(server: Server, old_binaries: Path | None = None) -> Path | None:
    """Move the data into a cluster of the installed version; return where the old one is kept.

    Return None if it is of that version already.
    """
    cluster = server.cluster
    old, new = major_of_cluster(cluster.path), major_of_binaries()
    if old == new:
        return None
    kept = cluster.path.with_name(f"postgres-{old}")
    if kept.exists():
        raise PostgresError(f"{kept} is in the way. Move it away.")
    binaries = old_binaries or _find_binaries(cluster.data, old)
    with TemporaryDirectory(dir=cluster.data) as folder:
        file = Path(folder, "upgrade.dump")
        server.start(binaries=binaries)
        try:
            _run(server, "pg_dump", "--format=custom", f"--file={file}", server_major=new)
        finally:
            server.stop()
        cluster.path.rename(kept)
        try:
            restore(server, file)
        except PostgresError:
            server.stop()
            cluster.path.rename(cluster.path.with_name("postgres-failed"))
            kept.rename(cluster.path)
            raise
    return kept


def major_of_cluster(path: Path) -> int:
    try:
        return int((path / "PG_VERSION").read_text())
    except (OSError, ValueError) as error:
        raise PostgresError(f"There is no database in {path}.") from error


def major_of_binaries() -> int:
    found = re.search(r"(\d+)$", installed_binaries().parent.name)
    assert found
    return int(found[1])


def _find_binaries(data: Path, major: int) -> Path:
    """Look for those of an earlier release, which root's installations keep, and for Debian's."""
    candidates = [*data.glob(f"pginstall-*/**/pginstall{major}/bin"), _DEBIAN / f"{major}/bin"]
    for folder in candidates:
        if (folder / "postgres").is_file():
            return folder
    raise PostgresError(
        f"The database is of PostgreSQL {major}, whose programs were not found. Install them (on"
        f" Debian: apt-get install postgresql-{major}) or name their folder: upgrade DIR."
    )


class _running:  # noqa: N801 - a context manager
    """Start the server unless it runs, and leave it as it was."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._was_running = server.is_running()

    def __enter__(self) -> None:
        self._server.start()

    def __exit__(self, *_: object) -> None:
        if not self._was_running:
            self._server.stop()


def _run(
    server: Server, name: str, *arguments: str | Path, server_major: int | None = None
) -> None:
    parameters = conninfo_to_dict(server.owner_url)
    major = server_major or major_of_binaries()
    run_program(
        name, "--no-owner", "--no-privileges", *arguments, parameters=parameters, server_major=major
    )
