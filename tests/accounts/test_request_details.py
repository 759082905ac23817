"""Grouped errors, and the page of one request."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RequestLog
from accounts.views import requests
from imaging.error_codes import INSUFFICIENT_POINTS
from tests.accounts.request_logs import ERRORS, LOGS, add, count_rows, shown
from tests.factories import Keys

pytestmark = pytest.mark.django_db


def test_errors_are_grouped_by_response_and_endpoint(made: Keys, developer: Client) -> None:
    refused: dict[str, Any] = {"status": 402, "code": "insufficient_points"}
    for balance in ("1.25", "3", "0"):
        add(made, message=f"Insufficient points. Available: {balance}.", **refused)
    add(made, message="Insufficient points. Available: 0.", key_id=made.key("test").pk, **refused)
    for name in ("a" * 24, "b" * 24):
        path = f"/api/v2/third-party/getAccount/{name}"
        add(made, status=404, code="account_not_found", message="Account not found.", path=path)
    add(made, 3)

    groups = list(RequestLog.objects.of(made.partner.id).errors().grouped())
    assert [(g["status"], g["count"], g["keys_affected"]) for g in groups] == [
        (402, 4, 2),
        (404, 2, 1),
    ]
    page = shown(developer, path=ERRORS)
    assert count_rows(page) == 2
    # That of a test key is counted in the other mode.
    assert count_rows(shown(developer, "?mode=test", ERRORS)) == 1
    assert "Get an account" in page


def test_only_the_newest_errors_are_grouped(
    made: Keys, developer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "_MAX_GROUPED", 3)
    add(made, 2, status=404, code="not_found", message="Not found.")
    add(made, 2, status=500, code="internal", message="Failed.", ago=timedelta(hours=1))
    page = shown(developer, path=ERRORS)
    assert "The newest 3 errors of this period" in page
    assert [share for share in ("66.7%", "33.3%") if share not in page] == []


def test_a_group_links_to_its_requests(made: Keys, developer: Client) -> None:
    add(made, 2, status=402, code="insufficient_points", message="Insufficient points.")
    add(made, status=402, code="insufficient_points", path="/partner/v1/image/enhance")
    page = shown(developer, "?period=month", ERRORS)
    links = re.findall(r'href="(/dashboard/logs/\?[^"]+)"', page)
    assert [
        count_rows(developer.get(link.replace("&amp;", "&")).content.decode()) for link in links
    ] == [2, 1]
    assert all("period=month" in link for link in links)


def test_a_request_explains_its_error_and_links_to_the_fix(made: Keys, developer: Client) -> None:
    add(made, status=402, code="insufficient_points", message="Insufficient points.")
    page = shown(developer, path=f"{LOGS}{RequestLog.objects.get().pk}/")
    assert "Insufficient points." in page
    assert str(INSUFFICIENT_POINTS.meaning) in page
    assert str(INSUFFICIENT_POINTS.fix) in page
    assert "Buy points" in page


def test_a_request_links_to_its_result_and_its_neighbours(made: Keys, developer: Client) -> None:
    add(made, 30, target="a" * 24)
    add(made, key_id=made.key("test").pk, request_id="other-key")
    rows = list(RequestLog.objects.filter(request_id="request-1").order_by("-at"))
    page = shown(developer, path=f"{LOGS}{rows[15].pk}/")

    assert reverse("operation", args=["a" * 24]) in page
    near = set(re.findall(r'href="/dashboard/logs/([0-9a-f]{24})/"', page))
    assert near == {row.pk for row in [*rows[10:15], *rows[16:21]]}
