"""Single statements of API calls: prepared once per connection (`DB_PREPARE`), one round trip each.

They bypass the cursors of Django and psycopg, which took a tenth of the CPU time of an API call:
psycopg's needs twice the time of its connection to libpq, which is used here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from config.metrics import pool_waits

Row = dict[str, Any]

#: SQLSTATEs of a server that is shutting down, has crashed or is starting; None if there was no
#: response.
_LOST = {None, "57P01", "57P02", "57P03"}
#: SQLSTATEs of a prepared statement whose result type a migration has changed, or that is gone, for
#: example because psycopg deallocated all after a ROLLBACK. It has not been executed.
_OUTDATED = {b"0A000", b"26000"}
#: The statements that each connection has prepared, and their names there.
_prepared: WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
_numbers = count()
#: Shorter waits for a connection are not measured, as that would take longer.
_WAIT_SECONDS = 0.001


def placeholders(number: int) -> str:
    """Return `$1, $2, …`, the parameters of a statement."""
    return ", ".join(f"${position}" for position in range(1, number + 1))


def fetch_row(statement: str, parameters: Sequence[Any]) -> Row | None:
    """Return the only row of a statement by column name.

    The server keeps the plan. Statements must name their columns, because a prepared `*` breaks
    when a migration adds one.
    """
    # `connection` finds the thread's wrapper again for each attribute.
    wrapper = connections[DEFAULT_DB_ALIAS]
    with wrapper.wrap_database_errors, _borrowed_connection(wrapper) as borrowed:
        if borrowed.autocommit:
            return _fetch(borrowed, statement, parameters)
        # Only a cursor sends the BEGIN of a transaction.
        cursor = psycopg.RawCursor(borrowed, row_factory=dict_row)
        return cursor.execute(statement, parameters).fetchone()


def fetch_first_row(statement: str, parameters: Sequence[Any]) -> Row | None:
    """Like `fetch_row`, for a request's first statement, which must be safe to repeat.

    After a restart of the database, the pool holds dead connections: they are dropped and the
    statement is repeated. Checking each connection beforehand would cost every call a round trip.
    """
    try:
        return fetch_row(statement, parameters)
    except OperationalError as error:
        if connection.in_atomic_block or not _is_connection_lost(error):
            raise
        connection.close()
        if pool := _pool(connections[DEFAULT_DB_ALIAS]):
            pool.check()
        return fetch_row(statement, parameters)


def release_connection() -> None:
    """Return the connection to the pool before a long wait; do nothing in a transaction."""
    if not connection.in_atomic_block:
        connection.close()


def _fetch(
    borrowed: psycopg.Connection[Any], statement: str, parameters: Sequence[Any]
) -> Row | None:
    adapter = Transformer(borrowed)
    # As text, which the server reads as whatever type it found for the parameter.
    values: Any = adapter.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
    result = _execute(borrowed, statement, values)
    if not _check(result).ntuples:
        return None
    adapter.set_pgresult(result)
    columns = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
    return dict(zip(columns, adapter.load_row(0, tuple), strict=True))


def _execute(borrowed: psycopg.Connection[Any], statement: str, values: Any) -> PGresult:
    if not settings.DB_PREPARE:
        return borrowed.pgconn.exec_params(statement.encode(), values)
    result = borrowed.pgconn.exec_prepared(_prepare(borrowed, statement), values)
    if result.error_field(DiagnosticField.SQLSTATE) in _OUTDATED:
        del _prepared[borrowed][statement]
        result = borrowed.pgconn.exec_prepared(_prepare(borrowed, statement), values)
    return result


def _prepare(borrowed: psycopg.Connection[Any], statement: str) -> bytes:
    """Return the name of the statement on this connection."""
    names = _prepared.setdefault(borrowed, {})
    if statement not in names:
        name = b"shopiq_%d" % next(_numbers)
        _check(borrowed.pgconn.prepare(name, statement.encode()))
        names[statement] = name
    return names[statement]


def _check(result: PGresult) -> PGresult:
    """Raise what psycopg's cursor would raise."""
    if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return result
    if result.error_field(DiagnosticField.SQLSTATE) is None:
        # Not from the server: the connection was lost.
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)


@contextmanager
def _borrowed_connection(wrapper: BaseDatabaseWrapper) -> Iterator[psycopg.Connection[Any]]:
    """Yield the thread's connection, or one from the pool for this statement alone: opening and
    closing Django's own takes as long as the statement does."""
    pool = None if wrapper.connection else _pool(wrapper)
    if pool is None:
        wrapper.ensure_connection()
        yield wrapper.connection
        return
    pool.open()
    started = perf_counter()
    borrowed = pool.getconn()
    if (waited := perf_counter() - started) > _WAIT_SECONDS:
        pool_waits.observe(waited)
    try:
        yield borrowed
    finally:
        pool.putconn(borrowed)


def _pool(wrapper: BaseDatabaseWrapper) -> ConnectionPool[Any] | None:
    return getattr(wrapper, "pool", None)


def _is_connection_lost(error: OperationalError) -> bool:
    """Return whether the connection broke, rather than the statement failed."""
    return getattr(error.__cause__, "sqlstate", None) in _LOST
