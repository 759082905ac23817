"""The list of requests on the dashboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Partner, RequestLog
from tests.accounts.request_logs import CREATE, ERRORS, LOGS, add, count_rows, shown
from tests.daily import Some
from tests.factories import Keys, partner_with_keys
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Keys:
    return partner_with_keys()


@pytest.fixture
def developer(made: Keys) -> Client:
    return browser_of(create_user(made.partner, "developer"))


def queries_of(developer: Client, path: str) -> int:
    developer.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert developer.get(path).status_code == 200
    return len(queries)


def test_a_request_is_listed_with_its_details(made: Keys, developer: Client) -> None:
    add(made, status=402, code="insufficient_points", message="Insufficient points.")
    page = shown(developer)
    for text in (
        CREATE, "402", "Insufficient points.", str(made.key("live")), "12 ms", "203.0.113.7",
        "request-1", "Create an image",
    ):  # fmt: skip
        assert text in page


def test_requests_of_another_partner_are_not_shown(made: Keys, developer: Client) -> None:
    theirs = partner_with_keys()
    add(theirs, status=500, code="internal_error", request_id="theirs-1")
    row = RequestLog.objects.get()

    assert "theirs-1" not in shown(developer)
    assert count_rows(shown(developer, "?request_id=theirs-1")) == -1
    assert "No errors in this period" in shown(developer, path=ERRORS)
    assert developer.get(reverse("request", args=[row.pk])).status_code == 404
    assert browser_of(create_user(theirs.partner)).get(f"{LOGS}{row.pk}/").status_code == 200


@pytest.mark.parametrize("path", [LOGS, ERRORS, f"{LOGS}{'0' * 24}/"])
def test_a_viewer_cannot_see_requests(made: Keys, path: str) -> None:
    assert browser_of(create_user(made.partner, "viewer")).get(path).status_code == 403
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("role", ["owner", "admin", "developer"])
def test_all_other_roles_can_see_requests(made: Keys, role: str) -> None:
    assert shown(browser_of(create_user(made.partner, role)))


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


def test_the_list_is_paginated_and_sorted_both_ways(made: Keys, developer: Client) -> None:
    add(made, 60)
    first = shown(developer)
    assert count_rows(first) == 50
    older = re.search(r'href="(\?after=[^"]+)"', first)
    assert older
    assert count_rows(shown(developer, older[1].replace("&amp;", "&"))) == 10
    newest_row = RequestLog.objects.order_by("-at")[0].pk
    assert f"{LOGS}{newest_row}/" in first
    assert f"{LOGS}{newest_row}/" not in shown(developer, "?sort=oldest")


def test_a_live_list_refreshes_on_its_first_page_only(made: Keys, developer: Client) -> None:
    add(made, 60)
    assert "every 5s" not in shown(developer)
    page = shown(developer, "?live=on")
    assert "every 5s" in page
    assert "every 5s" not in shown(developer, "?live=on&sort=oldest")


@pytest.mark.parametrize("path", [LOGS, ERRORS])
def test_a_list_takes_as_many_queries_for_fifty_rows_as_for_one(
    made: Keys, developer: Client, path: str
) -> None:
    add(made, status=400, code="prompt_too_short")
    one = queries_of(developer, path)
    add(made, 60, status=400, code="prompt_too_short", message="Prompt is required")
    assert queries_of(developer, path) == one <= 12


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


def test_empty_lists_explain_the_next_step(made: Keys, developer: Client) -> None:
    assert "No requests in the last 7 days" in shown(developer)
    assert "clear the filters" in shown(developer, "?method=PUT")
    assert "No errors in this period" in shown(developer, path=ERRORS)


@pytest.mark.parametrize("pk", ["0", "9" * 30, "x"])
def test_unknown_requests_are_not_found(developer: Client, pk: str) -> None:
    assert developer.get(f"{LOGS}{pk}/").status_code == 404


def test_the_strip_counts_what_the_list_shows_and_leads_to_it(
    made: Keys, developer: Client
) -> None:
    add(made, 3, ago=timedelta(days=2))
    add(made, status=402, code="insufficient_points")
    add(made, status=503, code="service_unavailable")
    address = f"{LOGS}?endpoint=image.create"

    page = developer.get(address)
    strip = page.context["strip"]
    links = re.findall(r'class="chart-column" href="(\?since=[^"]+)"', page.text)

    assert [(series.name, series.total) for series in strip.series] == [
        ("Successful", 3),
        ("Rejected", 1),
        ("Failed", 1),
    ]
    assert len(links) == len(strip.slots)
    counts = [count_rows(shown(developer, links[n].replace("&amp;", "&"))) for n in (-1, 0)]
    assert counts == [2, -1]
    assert all("endpoint=image.create" in link for link in links)
    assert developer.get(f"{LOGS}?method=PUT").context["strip"] is None


def test_empty_filters_are_no_part_of_the_address(developer: Client) -> None:
    response = developer.get(f"{LOGS}?status=&period=day&key=")

    assert response.headers["Location"] == f"{LOGS}?period=day"
    assert developer.get(f"{LOGS}?status=").headers["Location"] == LOGS


def test_a_request_beside_the_list_has_no_frame(made: Keys, developer: Client) -> None:
    add(made)
    address = f"{LOGS}{RequestLog.objects.get().pk}/"

    beside = developer.get(address, headers={"HX-Request": "true", "HX-Target": "detail"})

    assert "<h1>Create an image</h1>" in beside.text
    assert "<html" not in beside.text
    assert "<html" in developer.get(address).text
