"""The retry schedule of webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from integrations.retries import backoff_delay, read_retry_after

MINUTE, HOUR = 60, 3600
DECIDED = [5, 5 * MINUTE, 30 * MINUTE, *(n * HOUR for n in (2, 5, 10, 14, 20, 24))]


def test_the_default_delays() -> None:
    assert settings.WEBHOOK_RETRY_SECONDS == DECIDED


@pytest.mark.parametrize(("made", "seconds"), list(enumerate(DECIDED, start=1)))
def test_each_delay_has_up_to_a_tenth_of_jitter(made: int, seconds: float) -> None:
    for _ in range(200):
        wait = backoff_delay(made, DECIDED)
        assert wait is not None
        assert seconds <= wait.total_seconds() <= 1.1 * seconds


def test_delays_are_randomized() -> None:
    waits = {backoff_delay(2, DECIDED) for _ in range(50)}

    assert len(waits) > 40


def test_there_is_no_delay_after_the_last_attempt() -> None:
    assert backoff_delay(len(DECIDED), DECIDED) is not None
    assert backoff_delay(len(DECIDED) + 1, DECIDED) is None


def test_without_delays_there_is_one_attempt() -> None:
    assert backoff_delay(1, []) is None


def test_a_reset_count_uses_the_first_delay() -> None:
    wait = backoff_delay(0, DECIDED)

    assert wait is not None
    assert wait < timedelta(seconds=6)


def test_delays_increase_even_with_jitter() -> None:
    assert all(1.1 * before < after for before, after in pairwise(DECIDED))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("86400", 24 * HOUR),
        ("90000", 24 * HOUR),
        ("9" * 5000, 24 * HOUR),
        ("Sun, 06 Nov 1994 08:51:37 GMT", 120),
        ("Sun, 06 Nov 1994 08:51:37 -0000", 120),
        ("Mon, 06 Nov 1995 08:49:37 GMT", 24 * HOUR),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
        (None, 0),
        ("", 0),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("\u0661\u0662", 0),
        ("Sun, 99 Nov 1994 08:51:37 GMT", 0),
    ],
)
def test_a_receiver_can_ask_for_a_longer_wait(header: str | None, seconds: float) -> None:
    now = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert read_retry_after(header, now=now) == timedelta(seconds=seconds)
