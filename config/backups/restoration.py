"""Restore a backup into an empty database, and prove that it is complete."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from config.backups.errors import BackupError
from config.backups.keys import find_missing
from config.backups.manifest import DUMP, Manifest, read_list, read_manifest
from config.backups.stores import list_stores
from config.db.roles import connect_as_owner
from config.local.postgres.programs import run_program

_HAS_TABLES = (
    "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog',"
    " 'information_schema'))"
)


def owner_conninfo() -> str:
    """Return how to connect as the role that owns the tables."""
    with connect_as_owner() as session:
        parameters: dict[str, Any] = session.info.get_parameters()
        return make_conninfo(**parameters, password=session.info.password or None)


def check_backup(folder: Path) -> Manifest:
    """Return the manifest of a backup that is intact and whose keys are ours."""
    manifest = read_manifest(folder)
    for store in manifest.stores:
        read_list(folder, store)
    if missing := find_missing(manifest.keys):
        raise BackupError(
            f"The settings lack keys of this backup, or have others: {', '.join(missing)}."
            " Without them, its data cannot be read."
        )
    return manifest


def restore_dump(folder: Path, manifest: Manifest, conninfo: str) -> None:
    """Restore into an empty database, completely or not at all; then compare the rows."""
    with psycopg.connect(conninfo) as session:
        if session.execute(_HAS_TABLES).fetchone() == (True,):
            raise BackupError(
                f"The database {session.info.dbname} is not empty. Restore into a new one."
            )
        parameters: Mapping[str, Any] = {
            **session.info.get_parameters(),
            "password": session.info.password,
        }
        major = session.info.server_version // 10_000
    if major < manifest.server_major:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest.server_major}, this server has {major}."
        )
    run_program(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"),
        *(f"--dbname={parameters['dbname']}", folder / DUMP),
        parameters=parameters,
        server_major=major,
    )
    _compare_rows(manifest, conninfo)


def _compare_rows(manifest: Manifest, conninfo: str) -> None:
    different = []
    with psycopg.connect(conninfo) as session:
        for table, wanted in manifest.rows.items():
            query = SQL("SELECT count(*) FROM {}").format(Identifier(table))
            if session.execute(query).fetchone() != (wanted,):
                different.append(table)
    if different:
        raise BackupError(f"Rows are missing after the restore: {', '.join(different)}.")


def missing_files(folder: Path, manifest: Manifest) -> dict[str, int]:
    """Return how many files of the backup's lists each store lacks, or has with another size."""
    here = {name: files for name, files in list_stores() if name in manifest.stores}
    return {name: len(read_list(folder, name) - set(files)) for name, files in here.items()}


def check_ledger_of(url: str | None = None) -> dict[str, Any]:
    """Run `check_ledger` in a process that uses this database, and return its report."""
    env = dict(os.environ)
    if url:
        env |= {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DATABASE_DIRECT_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "check_ledger", "--json"],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise BackupError(f"check_ledger failed: {last}") from None
    return report


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """Create a database on the server, yield its URL, and drop it in the end."""
    name = f"shopiq_verify_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as session:
        try:
            session.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                f"The role {session.info.user} may not create databases. Name another server or"
                " role with --server."
            ) from error
        try:
            yield replace_database(server_url, name)
        finally:
            session.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def replace_database(url: str, name: str) -> str:
    """Return the URL with another database."""
    head, _, query = url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}{'?' if query else ''}{query}"
