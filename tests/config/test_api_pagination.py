"""`limit` and `cursor` of the API's lists."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account
from config.api.errors import ApiError
from config.api.pagination import NewestFirst
from tests.plans import plan_for_large_tables


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(("given", "limit"), [("", 20), ("1", 1), ("100", 100), ("020", 20)])
def test_a_limit_must_be_from_1_to_100(given: str, limit: int) -> None:
    assert NewestFirst.read({"limit": given}).limit == limit


@pytest.mark.parametrize(
    "given",
    ["0", "101", "-1", "1.0", "1e2", " 5", "ten", "٥", "0000209", "20" + "0" * 5000, "\x00"],
)
def test_invalid_limits_are_rejected(given: str) -> None:
    with pytest.raises(ApiError, match="limit must be a number from 1 to 100") as caught:
        NewestFirst.read({"limit": given})
    assert (caught.value.status, caught.value.extra) == (400, {"field": "limit"})


def test_a_cursor_identifies_a_row() -> None:
    row_id = "665a1f2e3b4c5d6e7f8a9b0c"
    given = cursor(f"2026-03-01T17:30:00.123456+05:30|{row_id}")

    moment = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert NewestFirst.read({"cursor": given}).after == (moment, row_id)


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "é",
        "\x00",
        "====",
        "A" * 5000,
        cursor("|"),
        cursor("2026-03-01T12:00:00+00:00"),
        cursor("2026-03-01T12:00:00+00:00|nova"),
        cursor("yesterday|665a1f2e3b4c5d6e7f8a9b0c"),
        cursor("9999-12-31T23:59:59-01:00|665a1f2e3b4c5d6e7f8a9b0c"),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_forged_cursors_are_rejected(given: str) -> None:
    with pytest.raises(ApiError, match="cursor is not valid") as caught:
        NewestFirst.read({"cursor": given})
    assert (caught.value.status, caught.value.extra) == (400, {"field": "cursor"})


@pytest.mark.django_db
def test_a_deep_page_is_read_by_index_without_sorting() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    page = NewestFirst(20, (moment, "f" * 24))
    with connection.cursor() as database:
        plan_for_large_tables(database)
    plans: list[str] = []

    def explain(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        result = execute(f"EXPLAIN {sql}", params, many, context)
        plans.extend(row[0] for row in context["cursor"].fetchall())
        return execute(sql, params, many, context) or result

    with connection.execute_wrapper(explain):
        page.fetch_page(Account.objects.of("0" * 24))
    plan = "\n".join(plans)
    assert "account_of_partner" in plan
    assert "Sort" not in plan
    assert "Index Cond" in plan
    assert "created_at <=" in plan.partition("Index Cond")[2].partition("\n")[0]
