"""Text of charts: amounts, days and changes."""

from __future__ import annotations

from datetime import date

import pytest

from config.pages.charts import Series, Unit, combine_smallest, describe_change, describe_days
from config.pages.charts.drawing import short_number

CALLS = Unit("call", "calls")
POINTS = Unit("point", "points", 100)


def test_hundredths_are_formatted_as_points() -> None:
    assert POINTS.number(12_499_275) == "1,24,992.75"
    assert POINTS.phrase(100) == "1 point"
    assert POINTS.phrase(725) == "7.25 points"


@pytest.mark.parametrize(
    ("unit", "tick", "text"),
    [
        (CALLS, 0, "0"),
        (CALLS, 2_500, "2,500"),
        (CALLS, 20_000, "20k"),
        (CALLS, 1_500_000, "15 lakh"),
        (CALLS, 20_000_000, "2 crore"),
        (POINTS, 50, "0.5"),
        (POINTS, 200_000, "2,000"),
        (POINTS, 2_000_000, "20k"),
    ],
)
def test_numbers_of_the_axis_are_short(unit: Unit, tick: int, text: str) -> None:
    assert short_number(unit, tick) == text


def test_the_smallest_series_are_combined() -> None:
    series = [
        Series(name, (amount, 1), "") for name, amount in zip("abcd", (1, 9, 5, 2), strict=True)
    ]
    combined = combine_smallest(series, 3, "Others")
    assert [(s.name, s.values, s.style) for s in combined] == [
        ("b", (9, 1), "1"),
        ("c", (5, 1), "2"),
        ("Others", (3, 2), "3"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-01", "2026-11-30", "1–30 Nov 2026"),
        ("2026-10-25", "2026-11-23", "25 Oct – 23 Nov 2026"),
        ("2025-12-20", "2026-01-03", "20 Dec 2025 – 3 Jan 2026"),
        ("2026-11-01", "2026-11-01", "1 Nov 2026"),
    ],
)
def test_day_ranges_do_not_repeat_month_and_year(first: str, last: str, text: str) -> None:
    assert describe_days([date.fromisoformat(first), date.fromisoformat(last)]) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (112, 100, "12% more than October"),
        (88, 100, "12% less than October"),
        (1001, 1000, "Under 1% more than October"),
        (310, 100, "3.1 times October"),
        (100, 100, "No change from October"),
        (5, 0, "None in October"),
        (0, 0, "None in October either"),
        (0, 7, "100% less than October"),
    ],
)
def test_a_change_is_described(now: int, before: int, text: str) -> None:
    assert describe_change(now, before, "October") == text
