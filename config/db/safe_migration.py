"""Migrate while the service runs: one at a time, never blocking it for long.

A statement that has to wait for a lock keeps every later statement on the table waiting, too. So it
gives up after a few seconds and is tried again; each migration that was applied stays applied.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from config.db.logs import log_alias
from config.db.roles import connect_as_owner

_LOCK = 0x6D696772
_LOCK_SECONDS = 3
_INVALID_INDEXES = """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = current_schema()
"""

Report = Callable[[str], None]


@contextmanager
def only_migration(report: Report) -> Iterator[None]:
    """Wait for a migration elsewhere to end; its lock is released when its process dies."""
    with connect_as_owner(autocommit=True) as session:
        if not _try_lock(session):
            report("Another migration is running; waiting for it.")
            session.execute("SET lock_timeout = 0; SET statement_timeout = 0")
            session.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


def migrate_patiently(
    migrate: Callable[[], None], *, attempts: int, report: Report, pause: float = 2.0
) -> None:
    """Call `migrate`, again whenever a lock could not be had; raise the last error."""
    for attempt in range(1, attempts + 1):
        drop_invalid_indexes(report)
        limit_waits()
        try:
            migrate()
        except OperationalError as error:
            if attempt == attempts or not _is_lock_missed(error):
                raise
            report(f"A table is in use ({attempt} of {attempts}); trying again.")
            time.sleep(pause)
        else:
            return


def limit_waits() -> None:
    """Let statements of this connection take as long as they need, but wait shortly for locks."""
    for alias in dict.fromkeys((DEFAULT_DB_ALIAS, log_alias())):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")


def drop_invalid_indexes(report: Report) -> None:
    """Remove what an interrupted `CREATE INDEX CONCURRENTLY` left behind: the migration makes it
    again. No other one is under way, as we hold the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_INVALID_INDEXES)
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        report(f"Dropping the unfinished index {name}.")
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(name)}")


def _try_lock(session: psycopg.Connection[tuple[bool]]) -> bool:
    return session.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,)


def _is_lock_missed(error: OperationalError) -> bool:
    return isinstance(error.__cause__, psycopg.errors.LockNotAvailable)
