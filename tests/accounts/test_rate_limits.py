"""Sliding limits per minute and day, and their headers (API documentation, Rate Limiting)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.keys import hash_key
from accounts.models import ApiKey, RateWindow
from accounts.networks import resolve_address
from accounts.services.authorization import Admission, Caller, authorize
from accounts.services.keys import create_key
from accounts.services.partners import InvalidLimit, set_limits
from accounts.services.rolling import roll_key
from config.db.owned import sandbox_id
from imaging.models import ImageOperation
from tests.accounts.rate_windows import (
    CREATE,
    DAY,
    USAGE,
    Get,
    assert_rate_limited,
    let_pass,
    limit,
)
from tests.concurrency import run_concurrently
from tests.factories import Keys, partner_with_keys
from tests.waiting import wait_for


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "now", "seconds"), [(0, 130, 30), (1, 130, 40), (1, 130.5, 40), (0, 160, 1)]
)
def test_the_wait_is_until_enough_calls_have_left_and_at_least_a_second(
    over: int, now: float, seconds: int
) -> None:
    """One call at 100 and two at 110, in a window of 60 seconds."""
    statement = "SELECT accounts_seconds_until_room(ARRAY[100, 110], ARRAY[1, 2], %s, 60, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [over, now])
        assert cursor.fetchone() == (seconds,)


def test_concurrent_calls_pass_exactly_up_to_the_limit(
    keys: Keys, web_server: Callable[..., Any], threads: Callable[[int], int]
) -> None:
    calls = threads(90)
    allowed = calls * 2 // 3
    limit(keys, allowed)
    server = web_server()

    responses = run_concurrently(
        calls, lambda _: server.post(CREATE, {"prompt": "a red shoe"}, keys.test)
    )

    statuses = [response.status for response in responses]
    assert (statuses.count(200), statuses.count(429)) == (allowed, calls - allowed)
    for response in responses:
        if response.status == 429:
            assert_rate_limited(response, f"Rate limit exceeded: {allowed} requests per minute")
    assert ImageOperation.objects.count() == allowed


def test_the_window_slides_instead_of_restarting(keys: Keys, get: Get) -> None:
    message = "Rate limit exceeded: 2 requests per minute"
    begun = time.monotonic()

    def waits(seconds: int) -> bool:
        wait = assert_rate_limited(get(USAGE, keys.test), message)
        return seconds - (time.monotonic() - begun) <= wait <= seconds

    limit(keys, 2)
    assert get(USAGE, keys.test).status_code == 200
    let_pass(40)
    assert get(USAGE, keys.test).status_code == 200

    assert waits(20)
    assert resets_of(get(USAGE, keys.test))[0] <= 20
    let_pass(10)
    assert waits(10)
    let_pass(10)
    assert get(USAGE, keys.test).status_code == 200
    assert waits(40)


def resets_of(response: Any) -> list[int]:
    """Return the seconds until the oldest calls leave the minute and the day."""
    return [int(seconds) for seconds in re.findall(r"t=(\d+)", response.headers["RateLimit"])]


def test_the_daily_limit_has_its_own_message_and_precedence(keys: Keys, get: Get) -> None:
    limit(keys, 2, day=2)
    for _ in range(2):
        assert get(USAGE, keys.test).status_code == 200

    wait = assert_rate_limited(
        get(USAGE, keys.test), "Daily rate limit exceeded: 2 requests per day"
    )
    assert DAY - 5 <= wait <= DAY
    let_pass(61)
    wait = assert_rate_limited(
        get(USAGE, keys.test), "Daily rate limit exceeded: 2 requests per day"
    )
    assert DAY - 70 <= wait <= DAY - 61
    assert resets_of(get(USAGE, keys.test))[1] <= DAY - 61
    let_pass(DAY - 61)
    assert get(USAGE, keys.test).status_code == 200


def test_every_response_has_limits_and_remaining_calls(keys: Keys, get: Get) -> None:
    limit(keys, 2, day=10)
    responses = [get(USAGE, keys.test) for _ in range(3)]

    left = []
    for response in responses:
        assert response.headers["RateLimit-Policy"] == '"minute";q=2;w=60, "day";q=10;w=86400'
        match = re.fullmatch(
            r'"minute";r=(\d+);t=(\d+), "day";r=(\d+);t=(\d+)', response.headers["RateLimit"]
        )
        assert match
        minute, minute_reset, day, day_reset = map(int, match.groups())
        left.append((minute, day))
        assert 55 <= minute_reset <= 60
        assert DAY - 5 <= day_reset <= DAY
    assert left == [(1, 9), (0, 8), (0, 8)]


def test_errors_have_rate_headers_too(keys: Keys, get: Get, post: Get) -> None:
    for response in (post(CREATE, {}, keys.test), get(CREATE, keys.test)):
        assert "RateLimit" in response.headers
        assert "RateLimit-Policy" in response.headers


def test_a_keys_own_limits_take_precedence(keys: Keys, get: Get) -> None:
    limit(keys, 100)
    ApiKey.objects.filter(pk=keys.key("test").pk).update(requests_per_minute=1)

    assert get(USAGE, keys.test).status_code == 200
    assert_rate_limited(get(USAGE, keys.test), "Rate limit exceeded: 1 requests per minute")
    ApiKey.objects.filter(pk=keys.key("test").pk).update(
        requests_per_minute=None, requests_per_day=1
    )
    assert_rate_limited(get(USAGE, keys.test), "Daily rate limit exceeded: 1 requests per day")


def test_each_image_key_has_counters_of_its_own(keys: Keys, get: Get) -> None:
    limit(keys, 3)
    second = create_key(partner=keys.partner, environment="test", actor="t").secret
    for calls, secret in enumerate((keys.live, keys.test, second), start=1):
        assert {get(USAGE, secret).status_code for _ in range(calls)} == {200}
    assert_rate_limited(get(USAGE, second), "Rate limit exceeded: 3 requests per minute")
    assert sorted(RateWindow.objects.values_list("minute_total", flat=True)) == [1, 2, 3]


def test_all_management_keys_of_a_partner_share_their_counters(keys: Keys) -> None:
    limit(keys, 2)
    overlap = timedelta(hours=1)
    second = roll_key(key=keys.key("management"), overlap=overlap, actor="t").secret
    stranger = partner_with_keys(requests_per_minute=2)

    assert [_manage(secret).denied_by for secret in (keys.management, second)] == [None, None]
    assert [_manage(secret).denied_by for secret in (keys.management, second)] == ["minute"] * 2
    assert _manage(stranger.management).denied_by is None
    assert _manage(keys.management_test).denied_by is None
    owners = {keys.partner.pk, sandbox_id(keys.partner.pk), stranger.partner.pk}
    assert set(RateWindow.objects.values_list("subject", flat=True)) == owners


def test_first_calls_that_wait_for_each_other_are_all_counted(keys: Keys) -> None:
    """None of them finds counters; those of the first one are there when the others go on."""

    def call() -> str | None:
        try:
            return _manage(keys.management).denied_by
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        with transaction.atomic():
            _manage(keys.management)
            others = [threads.submit(call) for _ in range(6)]
            wait_for(lambda: _count_waiting() == len(others))
        assert [other.result() for other in others] == [None] * 6
    assert RateWindow.objects.get().minute_total == 7


def _count_waiting() -> int:
    """Return how many connections wait for this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])


def _manage(secret: str) -> Admission:
    address = resolve_address("127.0.0.1", "", [])
    kinds = ("management", "management_test")
    return authorize(Caller(hash_key(secret), address, kinds, "accounts.get"))


def test_a_lowered_limit_counts_the_calls_made_before(keys: Keys, get: Get) -> None:
    limit(keys, 10)
    assert get(USAGE, keys.test).status_code == 200
    let_pass(30)
    for _ in range(3):
        assert get(USAGE, keys.test).status_code == 200
    limit(keys, 2)

    # Room comes when three of the four have left, which takes the younger ones' time.
    assert (
        55
        <= assert_rate_limited(get(USAGE, keys.test), "Rate limit exceeded: 2 requests per minute")
        <= 60
    )
    let_pass(31)
    assert (
        24
        <= assert_rate_limited(get(USAGE, keys.test), "Rate limit exceeded: 2 requests per minute")
        <= 29
    )
    limit(keys, 4)
    assert get(USAGE, keys.test).status_code == 200


@pytest.mark.parametrize("name", ["requests_per_minute", "requests_per_day"])
def test_a_partners_limit_has_bounds(keys: Keys, name: str) -> None:
    def change(to: int) -> None:
        limits: dict[str, Any] = {name: to}
        for _ in range(2):  # the second time, it is so already
            changed = set_limits(partner=keys.partner, actor="t", **limits)
            assert getattr(changed, name) == to

    for number in (1, 1_000_000_000):
        change(number)
        keys.partner.refresh_from_db()
        assert getattr(keys.partner, name) == number
    for number in (0, 1_000_000_001):
        with pytest.raises(InvalidLimit, match="A limit is between 1 and 1,00,00,00,000"):
            change(number)
