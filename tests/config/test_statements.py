"""Single statements behave as on a cursor, in a transaction and outside."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from config.db.statements import fetch_first_row, fetch_row

_TRY = "SELECT nextval('tries') AS number, pg_sleep($1)"

VALUES = [
    ("text", "Grüße '$1' \\ \"%s\"\n"),
    ("text", ""),
    ("text", None),
    ("text[]", ["", 'a "b" {c}, \\d', None, "NULL"]),
    ("bytea", bytes(range(256))),
    ("boolean", True),
    ("boolean", False),
    ("smallint", -1),
    ("bigint", 2**63 - 1),
    ("integer", None),
    ("numeric", Decimal("7.250")),
    ("float8", 0.1),
    ("uuid", uuid.UUID(int=7)),
    ("timestamptz", datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)),
    ("inet", None),
]


@pytest.fixture
def _tries(live_db: None) -> None:
    """Count tries by a sequence, which rollbacks do not reset."""
    _execute("CREATE TEMPORARY SEQUENCE tries")


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_values_return_as_they_were_sent(live_db: None, kind: str, value: Any) -> None:
    statement = f"SELECT $1::{kind} AS given, 1 AS one"

    assert fetch_row(statement, [value]) == {"given": value, "one": 1}
    with transaction.atomic():
        assert fetch_row(statement, [value]) == {"given": value, "one": 1}


@pytest.mark.parametrize(
    "expression",
    [
        """'{"a": [1]}'::json""",
        "inet '::1'",
        "date '2026-02-28'",
        "interval '90 s'",
        "ARRAY['a', NULL]::varchar[]",
        "pg_sleep(0)",
    ],
)
def test_results_are_what_a_cursor_returns(live_db: None, expression: str) -> None:
    connection.ensure_connection()
    statement = f"SELECT {expression} AS given"
    by_cursor = connection.connection.execute(statement).fetchone()

    row = fetch_row(statement, [])

    assert row
    assert (row["given"],) == by_cursor


def test_no_row_is_none(live_db: None) -> None:
    assert fetch_row("SELECT 1 AS one WHERE $1", [False]) is None
    assert fetch_row("SET lock_timeout = '5s'", []) is None


def test_a_text_with_nul_is_rejected(live_db: None) -> None:
    with pytest.raises((DataError, ValueError)):
        fetch_row("SELECT $1::text AS text", ["a\x00b"])


def test_an_error_has_the_class_and_details_of_a_cursor(live_db: None) -> None:
    _execute("CREATE TEMPORARY TABLE once (id int CONSTRAINT only_once PRIMARY KEY)")
    fetch_row("INSERT INTO once VALUES ($1)", [1])

    with pytest.raises(IntegrityError, match="only_once") as caught:
        fetch_row("INSERT INTO once VALUES ($1)", [1])

    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.errors.UniqueViolation)
    assert cause.diag.constraint_name == "only_once"
    assert fetch_row("SELECT count(*) AS n FROM once", []) == {"n": 1}


def test_a_statement_belongs_to_the_transaction_around_it(live_db: None) -> None:
    _execute("CREATE TEMPORARY TABLE kept (id int)")
    insert = "INSERT INTO kept VALUES ($1) RETURNING id"
    for number in range(3):
        fetch_row(insert, [number])
        with transaction.atomic():
            fetch_row(insert, [100 + number])
            transaction.set_rollback(True)

    assert fetch_row("SELECT max(id) AS last, count(*) AS n FROM kept", []) == {"last": 2, "n": 3}


def test_a_deallocated_statement_is_prepared_again(live_db: None) -> None:
    assert fetch_row("SELECT 2 AS two", []) == {"two": 2}
    _execute("DEALLOCATE ALL")
    assert fetch_row("SELECT 2 AS two", []) == {"two": 2}


def test_a_changed_result_type_is_noticed(live_db: None) -> None:
    """A migration may change it under a connection of the pool."""
    _execute("CREATE TEMPORARY TABLE changed AS SELECT 1 AS value")
    assert fetch_row("SELECT value FROM changed", []) == {"value": 1}
    _execute("ALTER TABLE changed ALTER value TYPE text")
    assert fetch_row("SELECT value FROM changed", []) == {"value": "1"}


@pytest.mark.usefixtures("_tries")
def test_a_statement_that_timed_out_is_not_repeated() -> None:
    _execute("SET statement_timeout = '50ms'")

    with pytest.raises(OperationalError, match="statement timeout"):
        fetch_first_row(_TRY, [1])

    _execute("RESET statement_timeout")
    row = fetch_first_row(_TRY, [0])
    assert row
    assert row["number"] == 2


def test_a_terminated_connection_is_replaced(live_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ended,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ended])
    other.close()

    assert fetch_first_row("SELECT 1 AS one", []) == {"one": 1}


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
