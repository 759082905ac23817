"""The rules of alerts, on their edges."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.error_rates import Rate, has_recovered, is_high
from billing.unusual_spend import is_unusual, same_weekdays, usual_spend

WEEK = Rate(1_000, 20)


@pytest.mark.parametrize(
    ("hour", "week", "expected"),
    [
        (Rate(50, 11), WEEK, True),
        (Rate(49, 49), WEEK, False),  # too few
        (Rate(50, 10), WEEK, False),  # at the limit of 20 %
        (Rate(1_000, 201), WEEK, True),
        (Rate(1_000, 300), Rate(1_000, 150), False),  # twice the week's, not more
        (Rate(1_000, 301), Rate(1_000, 150), True),
        (Rate(50, 11), Rate(0, 0), True),  # the first hour of a company
        (Rate(50, 50), Rate(100, 50), False),  # half of all requests is usual here
        (Rate(0, 0), Rate(0, 0), False),
    ],
)
def test_an_error_rate_is_high(hour: Rate, week: Rate, expected: bool) -> None:
    assert is_high(hour, week, 20) is expected


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(Rate(100, 11), False), (Rate(100, 10), True), (Rate(0, 0), True), (Rate(3, 1), False)],
)
def test_it_has_recovered_at_half_the_limit(hour: Rate, expected: bool) -> None:
    assert has_recovered(hour, 20) is expected


def test_no_rate_is_high_and_recovered_at_once() -> None:
    for limit in (5, 20, 100):
        for errors in range(101):
            hour = Rate(100, errors)
            assert not (is_high(hour, Rate(0, 0), limit) and has_recovered(hour, limit))


@pytest.mark.parametrize(
    ("spent", "usual"),
    [
        ([], None),
        ([100, 100, 100, 0, 0, 0, 0, 0], None),  # three days with use
        ([100, 100, 100, 100, 0, 0, 0, 0], 100),
        ([100, 200, 300, 9_000], 250),  # one big day changes little
        ([1, 2, 2, 2], 2),
    ],
)
def test_the_usual_is_the_median_of_days_with_use(spent: list[int], usual: int | None) -> None:
    assert usual_spend(spent) == usual


@pytest.mark.parametrize(
    ("today", "usual", "expected"),
    [
        (30_000, 10_000, False),
        (30_001, 10_000, True),
        (9_999, 1, False),  # below the floor
        (10_000, 1, True),
        (10**9, None, False),
    ],
)
def test_a_day_is_unusual_over_three_times_the_usual(
    today: int, usual: int | None, expected: bool
) -> None:
    assert is_unusual(today, usual, 10_000) is expected


def test_days_are_compared_with_the_same_weekday() -> None:
    days = same_weekdays(date(2026, 3, 2))
    assert len(days) == 8
    assert {day.weekday() for day in days} == {0}
    assert days[0] == date(2026, 2, 23)
