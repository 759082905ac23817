"""Keyset pagination of lists on pages."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Partner, RequestLog
from config.pages.pagination import KeysetPage, paginate
from tests.factories import PartnerFactory

SORTS = {"newest": "-at", "oldest": "at", "path": "path"}
_START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create()


def _entries(partner: Partner, minutes: list[int]) -> None:
    RequestLog.objects.bulk_create(
        RequestLog(
            at=_START + timedelta(minutes=minute),
            partner=partner,
            request_id="",
            method="GET",
            path=f"/{minute % 3}",
            status=200,
            milliseconds=1,
        )
        for minute in minutes
    )


def _page(query: dict[str, str], size: int = 3) -> KeysetPage[RequestLog]:
    return paginate(RequestLog.objects.all(), query, sorts=SORTS, size=size)


@pytest.mark.parametrize("sort", SORTS)
def test_following_the_links_shows_every_row_once_in_order_and_back_again(
    partner: Partner, sort: str
) -> None:
    _entries(partner, [1, 1, 1, 2, 2, 3, 5, 5, 8, 8])
    field = SORTS[sort]
    tie = "-pk" if field.startswith("-") else "pk"
    expected = list(RequestLog.objects.order_by(field, tie).values_list("pk", flat=True))

    pages, query = [], {"sort": sort}
    while True:
        page = _page(query)
        pages.append([row.pk for row in page])
        if not page.next:
            break
        query = {"sort": sort, "after": page.next}
    assert [pk for rows in pages for pk in rows] == expected

    backwards = [pages[-1]]
    while page.previous:
        page = _page({"sort": sort, "before": page.previous})
        backwards.insert(0, [row.pk for row in page])
    assert backwards == pages


def test_a_new_row_does_not_shift_later_pages(partner: Partner) -> None:
    _entries(partner, [1, 2, 3, 4, 5])
    first = _page({})
    second = [row.pk for row in _page({"after": first.next})]

    _entries(partner, [9])

    assert [row.pk for row in _page({"after": first.next})] == second


def test_a_page_is_one_query(partner: Partner) -> None:
    _entries(partner, list(range(8)))
    with CaptureQueriesContext(connection) as captured:
        _page({"after": _page({}).next})
    assert len(captured) == 2


def test_an_empty_list_has_no_other_pages(db: None) -> None:
    page = _page({})
    assert (len(page), page.previous, page.next, page.sort) == (0, "", "", "newest")


@settings(max_examples=min(100, settings().max_examples))
@given(text=st.text(max_size=40), name=st.sampled_from(["after", "before", "sort"]))
def test_an_invalid_query_string_shows_the_first_page(
    partner: Partner, text: str, name: str
) -> None:
    assert _page({name: text}).sort == "newest"


@pytest.mark.parametrize(
    "cursor",
    [
        [None, 1],
        ["2026-11-23T00:00:00+00:00", None],
        ["2026-11-23T00:00:00", 1],
        ["2026-11-23", 1],
        [True, 1],
        ["\0", 1],
        [{"a": 1}, 1],
        ["9999999999", 1],
        [1e400, 1],
        [[], []],
        {"a": 1},
        "text",
        7,
    ],
)
def test_a_forged_cursor_shows_the_first_page(partner: Partner, cursor: Any) -> None:
    _entries(partner, [1])
    text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")
    assert len(_page({"after": text})) == 1


@pytest.mark.parametrize("pk", ["\0", "\ud800", None, ["x"], {}])
def test_a_forged_cursor_with_an_id_that_no_row_can_have_shows_the_first_page(
    partner: Partner, pk: Any
) -> None:
    text = json.dumps([_START.isoformat(), pk])
    query = {"after": base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")}
    assert len(paginate(Partner.objects.all(), query, sorts={"newest": "-created_at"})) == 1


def test_a_cursor_of_another_sort_is_harmless(partner: Partner) -> None:
    _entries(partner, [1, 2, 3, 4])
    older = _page({"sort": "path"}).next
    assert len(_page({"sort": "newest", "after": older})) == 3


def test_a_cursor_beyond_every_number_is_past_the_end(partner: Partner) -> None:
    _entries(partner, [1])
    cursor = base64.urlsafe_b64encode(json.dumps(["2026-11-20T00:00:00+00:00", 10**400]).encode())
    assert len(_page({"after": cursor.decode()})) == 0
