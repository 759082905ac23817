"""Filters of the list of requests on the dashboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Partner
from tests.accounts.request_logs import ERRORS, LOGS, add, count_rows, shown
from tests.daily import Some
from tests.factories import Keys
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("", {"200", "402", "429", "503"}),
        ("?status=success", {"200"}),
        ("?status=error", {"402", "429", "503"}),
        ("?status=4xx", {"402", "429"}),
        ("?status=5xx", {"503"}),
        ("?status=429", {"429"}),
        ("?status=insufficient_points", {"402"}),
    ],
)
def test_requests_are_filtered_by_status(
    made: Keys, developer: Client, query: str, statuses: set[str]
) -> None:
    add(made)
    add(made, status=402, code="insufficient_points")
    add(made, status=429, code="rate_limited")
    add(made, status=503, code="service_unavailable")

    assert set(re.findall(r'badge-\w+">(\d{3})<', shown(developer, query))) == statuses


def test_requests_are_filtered_by_endpoint_key_method_and_request_id(
    made: Keys, developer: Client
) -> None:
    add(made, request_id="first-call")
    add(
        made,
        request_id="second-call",
        method="GET",
        path="/partner/v1/image/operations/abc/",
        key_id=made.key("test").pk,
    )
    for query in (
        "endpoint=image.operations", f"key={made.key('test').pk}", "method=GET",
        "request_id=second-call", "",
    ):  # fmt: skip
        page = shown(developer, f"?mode=test&{query}")
        assert "second-call" in page
        assert "first-call" not in page
    assert "first-call" in shown(developer, "?mode=live")
    assert "second-call" not in shown(developer)


def test_the_list_shows_a_week_by_default(made: Keys, developer: Client) -> None:
    add(made, request_id="recent-call", ago=timedelta(hours=2))
    add(made, request_id="older-call", ago=timedelta(days=10))

    def seen(query: str) -> tuple[bool, bool]:
        page = shown(developer, query)
        return "recent-call" in page, "older-call" in page

    day = datetime.now(UTC) - timedelta(days=11)
    assert seen("") == (True, False)
    assert seen("?period=hour") == (False, False)
    assert seen("?period=month") == (True, True)
    assert seen(f"?since={day:%Y-%m-%dT%H:%M}") == (True, True)
    assert seen(f"?until={day + timedelta(days=3):%Y-%m-%dT%H:%M}") == (False, True)


def test_a_request_id_is_found_in_any_period(made: Keys, developer: Client) -> None:
    add(made, request_id="older-call", ago=timedelta(days=80))
    assert "older-call" in shown(developer, "?request_id=older-call&period=hour")


def test_an_error_group_links_to_its_requests_ignoring_numbers(
    made: Keys, developer: Client
) -> None:
    refused: dict[str, Any] = {"status": 400, "code": "prompt_too_short"}
    add(made, message="prompt is required", **refused)
    add(made, 2, message="Balance is 7.25 points", **refused)
    add(made, message="Balance is 1,004 points", **refused)

    errors = shown(developer, path=ERRORS)
    links = re.findall(r'href="/dashboard/logs/(\?status=[^"]+)"', errors)

    calls = [count_rows(shown(developer, link.replace("&amp;", "&"))) for link in links]
    assert calls == [3, 1]


def test_filter_times_are_in_the_companys_time_zone(made: Keys) -> None:
    user = create_user(made.partner)
    Partner.objects.update(time_zone="Asia/Kolkata")
    add(made, ago=timedelta(hours=1))
    local = datetime.now(UTC) + timedelta(hours=5, minutes=30)

    def rows(since: datetime) -> int:
        return count_rows(shown(browser_of(user), f"?since={since:%Y-%m-%dT%H:%M}"))

    assert rows(local - timedelta(hours=2)) == 1
    assert rows(local) == -1


INVALID = [
    "?status=teapot", "?endpoint=%00", "?key=%00", "?key=nothing", "?request_id=%00",
    "?request_id=' OR 1", "?since=yesterday", "?since=0001-01-01T00:00",
    "?until=9999-12-31T23:59",
    "?until=0001-01-01T00:00", "?since=9999-12-31T23:59",
    "?since=2026-11-02T10:00&until=2026-11-01T10:00",
    "?period=aeon", "?after=%00", "?before=zzzz", "?sort=%00", "?live=%00", "?method=BREW",
    "?since=99999999999999999999", f"?request_id={'9' * 5000}", "?period=custom",
]  # fmt: skip


@pytest.mark.parametrize("path", [LOGS, ERRORS])
def test_invalid_filters_still_show_the_page(
    made: Keys, developer: Client, path: str, some: Some
) -> None:
    add(made)
    developer.cookies["timezone"] = "Asia/Kolkata"
    for query in some(INVALID, 2):
        assert shown(developer, query, path), query


def test_an_invalid_filter_is_named(made: Keys, developer: Client) -> None:
    add(made, request_id="a-call-here")
    page = shown(developer, "?since=yesterday")
    assert page.count("is not applied.") == 1
    assert "a-call-here" in page


def test_empty_filters_are_no_part_of_the_address(developer: Client) -> None:
    response = developer.get(f"{LOGS}?status=&period=day&key=")

    assert response.headers["Location"] == f"{LOGS}?period=day"
    assert developer.get(f"{LOGS}?status=").headers["Location"] == LOGS
