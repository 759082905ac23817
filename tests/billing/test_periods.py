"""The days that are shown, those they are compared with, and how long points last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from billing.periods import last_days, month, months_until
from billing.runway import describe_runway, runway_days

TODAY = date(2026, 11, 23)


def test_a_period_and_the_one_before_it_touch_and_are_as_long() -> None:
    period = last_days(30, TODAY)
    assert len(period.days) == len(period.days_before) == 30
    assert period.days_before[-1] + timedelta(days=1) == period.days[0]
    assert period.days[-1] == TODAY


def test_the_days_before_a_month_end_with_a_shorter_month() -> None:
    period = month(date(2026, 3, 1), date(2026, 3, 30))
    assert len(period.days) == 30
    assert period.last_before == date(2026, 2, 28)


def test_months_are_offered_backwards_over_the_turn_of_the_year() -> None:
    assert months_until(date(2026, 2, 14), 3) == [
        date(2026, 2, 1),
        date(2026, 1, 1),
        date(2025, 12, 1),
    ]


@pytest.mark.parametrize(
    ("used_ago", "left"),
    [
        ({}, None),
        ({0: 0}, None),
        ({45: 9_000}, None),
        ({29: 1_500, 0: 1_500}, 10.0),
        # Three days of use do not make three days' pace: the week is full.
        ({2: 350, 0: 350}, 10.0),
        ({13: 700, 0: 700}, 10.0),
    ],
)
def test_the_runway_follows_the_use_since_the_first_day_of_thirty(
    used_ago: Any, left: float | None
) -> None:
    by_day = {TODAY - timedelta(days=ago): points for ago, points in used_ago.items()}
    assert runway_days(1_000, by_day, TODAY) == left


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (None, "–"),
        (0.0, "less than a day"),
        (0.9, "less than a day"),
        (1.2, "about 1 day"),
        (12.9, "about 12 days"),
        (366.0, "over a year"),
    ],
)
def test_days_left_are_shown_without_false_precision(days: float | None, text: str) -> None:
    assert describe_runway(days) == text
