"""The retry schedule of webhooks."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from integrations.retries import backoff_delay

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
