"""The days that are shown, those they are compared with, and how long points last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from billing.periods import last_days, month, months_until
from billing.runway import Runway, read_runway

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
        ({2: 150, 0: 150}, 10.0),
        # Of two days, nothing follows.
        ({1: 150, 0: 150}, None),
        ({13: 700, 0: 700}, 10.0),
    ],
)
def test_the_runway_follows_the_use_since_the_first_day_of_thirty(
    used_ago: Any, left: float | None
) -> None:
    by_day = {TODAY - timedelta(days=ago): points for ago, points in used_ago.items()}
    assert read_runway(1_000, by_day, TODAY).days == left


@pytest.mark.parametrize(
    ("balance", "days_of_use", "text", "basis", "ends_in"),
    [
        (1_000, 0, "–", "No points used in the last 30 days", None),
        (1_000, 1, "too early to say", "Based on 1 day of use", None),
        (0, 10, "less than a day", "Based on 10 days of use", 0),
        (120, 10, "about 1 day", "Based on 10 days of use", 1),
        (1_290, 10, "about 12 days", "Based on 10 days of use", 12),
        (36_600, 10, "over a year", "Based on 10 days of use", None),
    ],
)
def test_days_left_are_shown_without_false_precision(
    balance: int, days_of_use: int, text: str, basis: str, ends_in: int | None
) -> None:
    runway = Runway(balance, TODAY, days_of_use, used=1_000)
    assert (runway.text, runway.basis) == (text, basis)
    assert runway.ends_on == (None if ends_in is None else TODAY + timedelta(days=ends_in))
