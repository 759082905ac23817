"""Sliding limits per minute and day, and their headers (API documentation, Rate Limiting)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.keys import hash_key
from accounts.models import ApiKey
from accounts.networks import resolve_address
from accounts.services.authorization import Admission, Caller, authorize
from accounts.services.keys import create_key
from accounts.services.partners import InvalidLimit, set_limits
from accounts.services.rolling import roll_key
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
    limit(keys, 2)
    assert get(USAGE, keys.test).status_code == 200
    let_pass(40)
    assert get(USAGE, keys.test).status_code == 200

    assert 1 <= assert_rate_limited(get(USAGE, keys.test), message) <= 20
    let_pass(10)
    assert 5 <= assert_rate_limited(get(USAGE, keys.test), message) <= 10
    let_pass(10)
    assert get(USAGE, keys.test).status_code == 200
    assert 35 <= assert_rate_limited(get(USAGE, keys.test), message) <= 40


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
    limit(keys, 1)
    second = create_key(partner=keys.partner, environment="test", actor="t").secret

    for secret in (keys.live, keys.test, second):
        assert get(USAGE, secret).status_code == 200
        assert_rate_limited(get(USAGE, secret), "Rate limit exceeded: 1 requests per minute")


def test_all_management_keys_of_a_partner_share_their_counters(keys: Keys) -> None:
    limit(keys, 2)
    overlap = timedelta(hours=1)
    second = roll_key(key=keys.key("management"), overlap=overlap, actor="t").secret
    stranger = partner_with_keys(requests_per_minute=2)

    assert [_manage(secret).denied_by for secret in (keys.management, second)] == [None, None]
    assert [_manage(secret).denied_by for secret in (keys.management, second)] == ["minute"] * 2
    assert _manage(stranger.management).denied_by is None


def _manage(secret: str) -> Admission:
    address = resolve_address("127.0.0.1", "", [])
    return authorize(Caller(hash_key(secret), address, ("management",), "accounts.get"))


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
        set_limits(partner=keys.partner, actor="t", **limits)

    for number in (1, 1_000_000_000):
        change(number)
        keys.partner.refresh_from_db()
        assert getattr(keys.partner, name) == number
    for number in (0, 1_000_000_001):
        with pytest.raises(InvalidLimit, match="A limit is between 1 and 1,00,00,00,000"):
            change(number)
