"""What a rate window counts, and how little it stores."""

from __future__ import annotations

import random
import time

from django.db import connection

from accounts.models import RateWindow
from tests.accounts.rate_windows import (
    CREATE,
    DAY,
    USAGE,
    Get,
    assert_rate_limited,
    let_pass,
    limit,
)
from tests.factories import Keys, partner_with_keys


def test_rejected_calls_do_not_count_and_failed_calls_do(keys: Keys, get: Get, post: Get) -> None:
    limit(keys, 4)
    assert post(CREATE, {}, keys.test).status_code == 400
    assert post(CREATE, "{", keys.test).status_code == 400
    assert get(CREATE, keys.test).status_code == 405
    assert get(f"/partner/v1/image/operations/{'0' * 24}", keys.test).status_code == 404
    for _ in range(3):
        assert_rate_limited(get(USAGE, keys.test), "Rate limit exceeded: 4 requests per minute")

    window = RateWindow.objects.get()
    assert window.minute_total == sum(window.minute_calls) == 4
    let_pass(60)
    assert get(USAGE, keys.test).status_code == 200


def test_a_call_without_points_counts(live_db: None, post: Get) -> None:
    poor = partner_with_keys(requests_per_minute=1)

    assert post(CREATE, {"prompt": "a shoe"}, poor.live).status_code == 402
    assert_rate_limited(
        post(CREATE, {"prompt": "a shoe"}, poor.live), "Rate limit exceeded: 1 requests per minute"
    )


def test_calls_of_unknown_keys_leave_no_counter(live_db: None, get: Get) -> None:
    get(USAGE, "sq_live_" + "0" * 46)
    get(USAGE)

    assert not RateWindow.objects.exists()


def test_a_window_stores_no_more_than_its_slots(keys: Keys, get: Get) -> None:
    limit(keys, 1000)
    for _ in range(8):
        get(USAGE, keys.test)
        let_pass(9)

    window = RateWindow.objects.get()
    assert 1 <= window.minute_total == sum(window.minute_calls) <= 7
    assert window.day_total == sum(window.day_calls) == 8
    let_pass(DAY)
    for _ in range(2):
        # Quickly one after the other, so that at most one slot ends between them.
        for _ in range(3):
            get(USAGE, keys.test)
        let_pass(600)
    window = RateWindow.objects.get()
    assert 2 <= len(window.day_at) == len(window.day_calls) <= 4
    assert window.day_total == sum(window.day_calls) == 6
    let_pass(DAY)
    get(USAGE, keys.test)
    window = RateWindow.objects.get()
    assert (window.minute_total, window.day_total) == (1, 1)
    assert (len(window.minute_at), len(window.day_at)) == (1, 1)


def test_full_windows_stay_in_their_row(keys: Keys, get: Get) -> None:
    """Called all day: PostgreSQL would move them to a table beside it with each call."""
    get(USAGE, keys.live)
    now = time.time()
    RateWindow.objects.update(
        minute_at=[now - 59 + n + random.random() for n in range(59)],
        minute_calls=[random.randrange(10) for _ in range(59)],
        day_at=[now - DAY + 600 * n + random.random() for n in range(1, 144)],
        day_calls=[random.randrange(10_000) for _ in range(143)],
    )

    get(USAGE, keys.live)

    window = RateWindow.objects.get()
    assert len(window.day_at) >= 143
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_column_size(day_at), pg_relation_size(reltoastrelid)"
            " FROM accounts_ratewindow, pg_class WHERE relname = 'accounts_ratewindow'"
        )
        stored, beside = cursor.fetchone()
    assert stored > 8 * 143
    assert beside == 0
