"""Refused calls are limited per network without a query, and counted instead of logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.jobs import purge_refused_calls
from accounts.keys import generate_key
from accounts.models import AllowedNetwork, DailyCalls, RefusedCalls, RequestLog
from accounts.request_log.lines import LogLine
from accounts.request_log.writer import RequestLogWriter, writer
from config.api import token_buckets
from config.api.token_buckets import TokenBuckets
from config.db.ids import first_id
from config.db.owned import PLATFORM_ID
from tests.accounts.key_pages import browser, text_of
from tests.envelope import assert_error
from tests.factories import Keys

USAGE, CREATE = "/partner/v1/image/usage", "/partner/v1/image/create"
LIMIT = 5
MESSAGE = f"Rate limit exceeded: {LIMIT} requests per minute"

Call = Callable[..., Any]


@pytest.fixture
def call(settings: Any, live_db: None) -> Call:
    """Calls one application from any address; a network may be refused ten times at once."""
    settings.REFUSED_CALLS_PER_MINUTE = LIMIT
    client = Client(raise_request_exception=False)

    def send(key: str = "", path: str = USAGE, address: str = "198.51.100.7") -> Any:
        headers = {"x-api-key": key} if key else {}
        return client.get(path, headers=headers, REMOTE_ADDR=address)

    return send


def unknown_key() -> str:
    return generate_key("live").secret


def statuses(call: Call, count: int, **options: Any) -> list[int]:
    return [call(**options).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("refused", "options"),
    [
        (401, {}),
        (401, {"key": "sq_live_malformed"}),
        (401, {"key": unknown_key()}),
        (404, {"path": "/partner/v1/nothing"}),
        (404, {"path": "/api/"}),
    ],
)
def test_refusals_of_a_network_are_limited(
    call: Call, refused: int, options: dict[str, Any]
) -> None:
    assert statuses(call, 2 * LIMIT, **options) == [refused] * 2 * LIMIT

    with CaptureQueriesContext(connection) as queries:
        response = call(**options)

    error = assert_error(response, 429, MESSAGE)
    assert error["code"] == "too_many_refused_requests"
    assert error["retryAfter"] == int(response.headers["Retry-After"]) <= 60 / LIMIT
    assert not queries.captured_queries
    assert call(**options, address="198.51.100.8").status_code == refused


def test_a_64_of_ipv6_counts_as_one_address(call: Call) -> None:
    for number in range(2 * LIMIT):
        assert call(address=f"2001:db8:1:2::{number:x}").status_code == 401

    assert call(address="2001:db8:1:2:ffff::1").status_code == 429
    assert call(address="2001:db8:1:3::1").status_code == 401


def test_calls_from_outside_a_whitelist_are_limited_too(call: Call, keys: Keys) -> None:
    key = keys.key("live")
    AllowedNetwork.objects.create(partner=key.partner, key=key, network="203.0.113.0/24")

    seen = statuses(call, 3 * LIMIT, key=keys.live)

    assert seen == [403] * 2 * LIMIT + [429] * LIMIT
    assert call(keys.live, address="203.0.113.5").status_code == 200


def test_callers_admitted_before_are_served_from_a_blocked_network(call: Call, keys: Keys) -> None:
    assert call(keys.live).status_code == 200
    assert statuses(call, 3 * LIMIT)[-1] == 429

    assert call(keys.live).status_code == 200
    assert call(keys.test).status_code == 429
    assert call(keys.live, "/api/v2/third-party/accounts").status_code == 429

    keys.partner.is_active = False
    keys.partner.save()
    assert statuses(call, 2, key=keys.live) == [403, 429]


def test_an_admitted_call_is_not_a_refused_one(call: Call, keys: Keys) -> None:
    """Its own rate limit applies."""
    path = "/api/v2/third-party/getAccount/unknown"

    assert statuses(call, 3 * LIMIT, key=keys.management, path=path) == [404] * 3 * LIMIT


def test_tokens_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(token_buckets, "time", SimpleNamespace(monotonic=lambda: now))
    buckets = TokenBuckets(burst=2, per_minute=6)

    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert buckets.seconds_until_token("a") == 10
    now = 10.0
    assert buckets.seconds_until_token("a") == 0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    now = 1000.0
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]


def test_only_the_newest_names_are_kept() -> None:
    buckets = TokenBuckets(burst=1, per_minute=1, max_names=3)
    for name in "abcd":
        assert buckets.take(name)

    assert [buckets.seconds_until_token(name) > 0 for name in "abcd"] == [False, True, True, True]


def test_refused_calls_are_counted_per_minute_and_network(call: Call) -> None:
    statuses(call, 12)
    call(path="/partner/v1/nothing", address="2001:db8:1:2::3")
    writer.flush()

    rows = RefusedCalls.objects.order_by("code")
    assert list(rows.values_list("partner", "network", "status", "code", "calls")) == [
        (PLATFORM_ID, "198.51.100.7", 401, "api_key_required", 10),
        (PLATFORM_ID, "2001:db8:1:2::/64", 404, "route_not_found", 1),
        (PLATFORM_ID, "198.51.100.7", 429, "too_many_refused_requests", 2),
    ]
    assert not RequestLog.objects.exists()


def line(**facts: Any) -> LogLine:
    given = {"partner_id": PLATFORM_ID, "key_id": None, "status": 401, "code": "x", **facts}
    at = given.pop("at", datetime(2026, 11, 22, 10, 30, 15, tzinfo=UTC))
    return LogLine(
        at, request_id="r", method="GET", path="/", milliseconds=1, address="::1", **given
    )._replace(address=given.get("address", "::1"))


@pytest.fixture
def own_writer(live_db: None, monkeypatch: pytest.MonkeyPatch) -> RequestLogWriter:
    own = RequestLogWriter()
    monkeypatch.setattr(own, "_start", lambda: None)
    return own


def test_a_partner_sees_the_first_denials_of_a_key_one_by_one(
    own_writer: RequestLogWriter, keys: Keys
) -> None:
    denial = line(
        partner_id=keys.partner.pk, key_id=keys.key("live").pk, status=403, code="ip_not_allowed"
    )
    for _ in range(1000):
        own_writer.add(denial)
    own_writer.flush()

    assert RequestLog.objects.of(keys.partner.pk).count() in range(60, 65)
    counted = RefusedCalls.objects.get()
    assert (counted.partner_id, counted.code) == (keys.partner.pk, "ip_not_allowed")
    assert RequestLog.objects.count() + counted.calls == 1000
    assert DailyCalls.objects.get().refused == 1000
    page = text_of(browser(keys.partner).get("/dashboard/logs/"))
    assert f"{counted.calls} more requests in the last 7 days were rejected" in page


def test_other_calls_of_a_partner_always_get_a_row(
    own_writer: RequestLogWriter, keys: Keys
) -> None:
    for number in range(300):
        status, code = (404, "route_not_found") if number % 2 else (200, "")
        own_writer.add(
            line(partner_id=keys.partner.pk, key_id=keys.key("live").pk, status=status, code=code)
        )
    own_writer.flush()

    assert RequestLog.objects.count() == 300


def test_a_sender_with_a_new_network_each_time_gets_few_rows(own_writer: RequestLogWriter) -> None:
    for number in range(2000):
        own_writer.add(line()._replace(address=f"2001:db8:{number:x}::1"))
    own_writer.flush()

    assert RefusedCalls.objects.count() == 501
    assert RefusedCalls.objects.get(network="").calls == 1500


def test_errors_of_the_server_have_a_row_without_a_partner_too(
    own_writer: RequestLogWriter,
) -> None:
    own_writer.add(line(status=500, code="internal_error"))
    own_writer.flush()

    assert RequestLog.objects.get().request_id == "r"


def test_counts_are_kept_for_a_week(own_writer: RequestLogWriter) -> None:
    own_writer.add(line())
    own_writer.add(line(status=404))
    own_writer.flush()
    old = RefusedCalls.objects.get(status=404)
    RefusedCalls.objects.filter(pk=old.pk).update(
        id=first_id(datetime.now(UTC) - timedelta(days=7, minutes=1))
    )

    purge_refused_calls()

    assert [row.status for row in RefusedCalls.objects.all()] == [401]
