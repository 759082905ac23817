"""Rows of the books in other years, and what the database says of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from config.db.clock import database_now
from config.db.ids import id_of
from imaging.jobs import BOOKS
from tests.factories import Keys

CHARGES, LEDGER, OPERATIONS = BOOKS
MONTHS = 12
START = """
    SELECT charged FROM imaging_start(%s, %s, %s, %s, 'create', 'fast', '1:1', '1k',
        gen_random_uuid(), '{}', 150, '', '', '', '{}', NULL)
"""


def execute(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def in_years(years: int) -> datetime:
    """A moment in the middle of a year from now."""
    return (
        database_now()
        .astimezone(UTC)
        .replace(month=7, day=1)
        .replace(year=database_now().year + years)
    )


def start_at(keys: Keys, at: datetime, *, is_test: bool = False) -> str:
    """Start an operation whose id is of another year, as one will be then."""
    operation = id_of(at)
    key = keys.key("test" if is_test else "live")
    execute(START, keys.partner.id, key.id, is_test, operation)
    return operation


@contextmanager
def refused(saying: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=saying), transaction.atomic():
        yield


def partition_of(table: str, row: str) -> str:
    [[name]] = execute(f"SELECT tableoid::regclass::text FROM {table} WHERE id = %s", row)
    return str(name)


def finish_operation_of(keys: Keys, operation: str) -> None:
    execute(
        "SELECT * FROM imaging_finish(%s, %s, '', 'fast', '{}', 7, '', '')",
        keys.partner.id,
        operation,
    )
