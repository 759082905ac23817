"""A repeatable statement is retried after a lost connection, and for no other reason."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from config.db.functions import fetch_first_row

_TRY = "SELECT nextval('tries') AS number, pg_sleep(%s)"


@pytest.fixture
def _tries(live_db: None) -> None:
    """Count tries by a sequence, which rollbacks do not reset."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY SEQUENCE tries")


@pytest.mark.usefixtures("_tries")
def test_a_statement_that_timed_out_is_not_repeated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")

    with pytest.raises(OperationalError, match="statement timeout"):
        fetch_first_row(_TRY, [1])

    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
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
