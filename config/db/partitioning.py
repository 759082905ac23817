"""Migrations that make tables with rows the first partitions of others of their names."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError, migrations, transaction

from config.db.exchange import PROOF, exchange
from config.db.functions import install_functions, partition_functions
from config.db.partitions import MONTHS_AHEAD, Period

#: While rows are checked, which takes minutes, none may come that is beyond the bound.
_FIRST_BOUND = """
    SELECT lpad(to_hex(extract(epoch FROM (date_trunc(
        %(period)s, clock_timestamp() AT TIME ZONE 'UTC' + interval '7 days')
        + ('1 ' || %(period)s)::interval) AT TIME ZONE 'UTC')::bigint), 8, '0')
"""
_ATTEMPTS, _PAUSE_SECONDS = 20, 0.5


def partition_by(period: Period, *tables: str, **hints: Any) -> migrations.RunPython:
    """Return an operation that makes tables the first partitions of new ones of their names.

    For migrations with `atomic = False`: the rows are read once, without a lock that stops a call,
    to prove that they fit; the exchange itself takes milliseconds. Several tables are cut at the
    same ids, each named after those that it refers to: a foreign key between two of them becomes
    one between partitions, so rows may refer to rows of the same range alone. A unique index
    without the id holds in its partition only; a constraint has to keep equal rows in the same
    one.
    """

    def partition(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what RunPython passes
        connection = schema_editor.connection
        install_functions(partition_functions(), using=connection.alias)
        with connection.cursor() as cursor:
            cursor.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)", [tables[0]])
            if cursor.fetchone() == ("p",):
                return
            cursor.execute(_FIRST_BOUND, {"period": period})
            [bound] = cursor.fetchone()
            with _proven(cursor, tables, bound):
                _patiently(lambda: _partition(cursor, period, tables, bound))

    return migrations.RunPython(partition, migrations.RunPython.noop, hints=hints)


@contextmanager
def _proven(cursor: Any, tables: Sequence[str], bound: str) -> Iterator[None]:
    """Check a constraint beforehand that spares the exchange reading the tables under its lock.

    It must not stay after a failure, or rows would be refused once the bound has passed.
    """
    try:
        for table in tables:
            _drop_proof(cursor, table)
            cursor.execute(
                f"ALTER TABLE \"{table}\" ADD CONSTRAINT {PROOF} CHECK (id < '{bound}') NOT VALID"
            )
            cursor.execute(f'ALTER TABLE "{table}" VALIDATE CONSTRAINT {PROOF}')
        yield
    except BaseException:
        for table in tables:
            _drop_proof(cursor, table)
        raise


def _drop_proof(cursor: Any, table: str) -> None:
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS {PROOF}')


def _patiently(work: Callable[[], None]) -> None:
    """Repeat it while a lock cannot be had: giving up soon keeps the calls from waiting for it."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            work()
        except OperationalError as error:
            is_missed = isinstance(error.__cause__, psycopg.errors.LockNotAvailable)
            if not is_missed or attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _partition(cursor: Any, period: Period, tables: Sequence[str], bound: str) -> None:
    with transaction.atomic(using=cursor.db.alias):
        exchange(cursor, tables, bound)
        cursor.execute(
            "SELECT accounts_add_partitions(%s, %s, %s, %s::regclass[])",
            [tables[0], MONTHS_AHEAD, period, list(tables[1:])],
        )
