"""SQL that lives in files: installed by migrations, called from one place per function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, connection, migrations
from psycopg.rows import dict_row


def install(module_file: str, *names: str) -> migrations.RunSQL:
    """A migration step that runs `sql/{name}.sql` of the app whose migration this is."""
    folder = Path(module_file).resolve().parent.parent / "sql"
    text = "\n".join((folder / f"{name}.sql").read_text() for name in names)
    return migrations.RunSQL(text, migrations.RunSQL.noop)


def fetch_row(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> dict[str, Any] | None:
    """The only row of a statement by column name; one round trip.

    Past Django's cursor, so that the server keeps the plan: every call of the API comes through
    here. A statement names its columns, because a kept `*` breaks when a migration adds one.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection, row_factory=dict_row)
        return cursor.execute(statement, parameters, prepare=True).fetchone()


def fetch_first_row(statement: str, parameters: Sequence[Any]) -> dict[str, Any] | None:
    """Like `fetch_row`, for the first statement of a request, and only one that may run twice.

    A database that was restarted leaves dead connections in the pool: they are dropped and the
    statement is sent once more. To look at each connection first would cost a round trip a call.
    """
    try:
        return fetch_row(statement, parameters)
    except OperationalError:
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        if pool := getattr(connection, "pool", None):
            pool.check()
        return fetch_row(statement, parameters)


def release_connection() -> None:
    """Gives the connection back to the pool before a long wait; nothing inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()
