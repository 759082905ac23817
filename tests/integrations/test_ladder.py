"""When a failed webhook is tried again."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from integrations.retries import backoff_delay

MINUTE, HOUR = 60, 3600
DECIDED = [5, 5 * MINUTE, 30 * MINUTE, *(n * HOUR for n in (2, 5, 10, 14, 20, 24))]


def test_the_waits_are_the_decided_ones() -> None:
    assert settings.WEBHOOK_RETRY_SECONDS == DECIDED


@pytest.mark.parametrize(("made", "seconds"), list(enumerate(DECIDED, start=1)))
def test_each_failure_waits_its_step_and_up_to_a_tenth_more(made: int, seconds: float) -> None:
    for _ in range(200):
        wait = backoff_delay(made, DECIDED)
        assert wait is not None
        assert seconds <= wait.total_seconds() <= 1.1 * seconds


def test_the_waits_are_scattered() -> None:
    waits = {backoff_delay(2, DECIDED) for _ in range(50)}

    assert len(waits) > 40


def test_after_the_last_wait_an_event_is_given_up() -> None:
    assert backoff_delay(len(DECIDED), DECIDED) is not None
    assert backoff_delay(len(DECIDED) + 1, DECIDED) is None


def test_without_waits_there_is_one_attempt() -> None:
    assert backoff_delay(1, []) is None


def test_an_attempt_that_was_counted_back_waits_the_first_step() -> None:
    wait = backoff_delay(0, DECIDED)

    assert wait is not None
    assert wait < timedelta(seconds=6)


def test_every_step_is_longer_than_the_one_before_even_with_jitter() -> None:
    assert all(1.1 * before < after for before, after in pairwise(DECIDED))
