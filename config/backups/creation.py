"""Make a backup while the service runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg.sql import SQL, Identifier

from config.backups.keys import fingerprints
from config.backups.manifest import DUMP, Manifest, hash_file, write_list
from config.backups.stores import list_stores
from config.db.canaries import require_right_keys
from config.db.clock import database_now
from config.db.roles import connect_as_owner
from config.local.postgres.programs import run_program

#: When the last backup was made, and when one was last restored to be verified.
LAST_BACKUP, LAST_VERIFICATION = "last-backup", "last-backup-verification"
_TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname = current_schema() AND relkind IN ('r', 'p') AND NOT relispartition
      AND relpersistence = 'p' ORDER BY relname
"""


def make_backup(parent: Path) -> Path:
    """Write a backup into a new folder of `parent` and return it; an incomplete one has `.part`.

    Raises `BackupError`, `PostgresError` or `OSError`.
    """
    require_right_keys()
    started = database_now()
    target = parent / f"shopiq-{started:%Y%m%dT%H%M%SZ}"
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    with _private_files():
        rows, server_major = _dump(part / DUMP)
        stores = {name: write_list(part, name, files) for name, files in list_stores()}
        Manifest(
            created_at=started.isoformat(),
            server_major=server_major,
            dump_sha256=hash_file(part / DUMP),
            rows=rows,
            migrations=_last_migrations(),
            keys=fingerprints(),
            stores=stores,
        ).write(part)
    part.rename(target)
    cache.set(LAST_BACKUP, started.timestamp(), timeout=None)
    return target


def _dump(file: Path) -> tuple[dict[str, int], int]:
    """Dump one snapshot, and count its rows; return them and the server's major version."""
    with connect_as_owner() as session:
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        session.execute("SET LOCAL statement_timeout = 0")
        session.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = _value(session, "SELECT pg_export_snapshot()")
        major = session.info.server_version // 10_000
        run_program(
            "pg_dump",
            *("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
            *("--lock-wait-timeout=60s", f"--file={file}"),
            parameters=session.info.get_parameters() | {"password": session.info.password},
            server_major=major,
        )
        names = [name for (name,) in session.execute(_TABLES)]
        rows = {name: _count(session, name) for name in names}
    return rows, major


def _count(session: Any, table: str) -> int:
    return int(_value(session, SQL("SELECT count(*) FROM {}").format(Identifier(table))))


def _value(session: Any, query: Any) -> Any:
    return session.execute(query).fetchone()[0]


def _last_migrations() -> dict[str, str]:
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return dict(applied)


@contextmanager
def _private_files() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
