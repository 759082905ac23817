"""The list of requests on the dashboard."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RequestLog
from tests.accounts.request_logs import CREATE, ERRORS, LOGS, add, count_rows, shown
from tests.factories import Keys, partner_with_keys
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db


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


def test_the_list_is_paginated_and_sorted_both_ways(made: Keys, developer: Client) -> None:
    add(made, 35)
    first = shown(developer)
    assert count_rows(first) == 25
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
def test_a_list_takes_as_many_queries_for_a_full_page_as_for_one_row(
    made: Keys, developer: Client, path: str
) -> None:
    add(made, status=400, code="prompt_too_short")
    one = queries_of(developer, path)
    add(made, 60, status=400, code="prompt_too_short", message="Prompt is required")
    assert queries_of(developer, path) == one <= 12


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


def test_a_request_beside_the_list_has_no_frame(made: Keys, developer: Client) -> None:
    add(made)
    address = f"{LOGS}{RequestLog.objects.get().pk}/"

    beside = developer.get(address, headers={"HX-Request": "true", "HX-Target": "detail"})

    assert "<h1>Create an image</h1>" in beside.text
    assert "<html" not in beside.text
    assert "<html" in developer.get(address).text
