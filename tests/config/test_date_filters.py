"""Ranges of days and of times, as lists are filtered by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from time_machine import TimeMachineFixture

from config.pages.filters import DateRangeForm, DayPeriodForm, TimeRangeForm

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_kolkata(time_machine: TimeMachineFixture) -> Iterator[None]:
    time_machine.move_to(NOW, tick=False)
    with timezone.override("Asia/Kolkata"):
        yield


def lookups(form_class: type[DateRangeForm], query: str) -> dict[str, datetime]:
    form: Any = form_class(QueryDict(query))
    assert form.is_valid(), form.errors
    found: dict[str, datetime] = form.lookups("at")
    return found


def test_days_are_inclusive_and_in_the_users_time_zone() -> None:
    assert lookups(DateRangeForm, "since=2026-11-01&until=2026-11-02") == {
        "at__gte": datetime(2026, 10, 31, 18, 30, tzinfo=UTC),
        "at__lt": datetime(2026, 11, 2, 18, 30, tzinfo=UTC),
    }


@pytest.mark.parametrize("query", ["", "since=&until="])
def test_without_days_there_is_no_condition(query: str) -> None:
    assert lookups(DateRangeForm, query) == {}


def test_a_range_can_be_one_day() -> None:
    assert len(lookups(DateRangeForm, "since=2026-11-02&until=2026-11-02")) == 2


@pytest.mark.parametrize(
    ("form_class", "query"),
    [
        (DateRangeForm, "since=2026-11-03&until=2026-11-02"),
        (TimeRangeForm, "since=2026-11-02T10:05&until=2026-11-02T10:04"),
        (TimeRangeForm, "since=2026-11-02T10:05&until=2026-11-02T10:05"),
    ],
)
def test_a_range_that_ends_before_it_starts_is_invalid(
    form_class: type[DateRangeForm], query: str
) -> None:
    form = form_class(QueryDict(query))

    assert set(form.errors) == {"until"}


def test_times_are_taken_by_the_minute() -> None:
    assert lookups(TimeRangeForm, "since=2026-11-02T10:05&until=2026-11-02T10:15") == {
        "at__gte": datetime(2026, 11, 2, 4, 35, tzinfo=UTC),
        "at__lt": datetime(2026, 11, 2, 4, 45, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("query", "days"), [("", 7), ("period=day", 1), ("period=quarter", 90), ("period=custom", 7)]
)
def test_a_period_ends_now(query: str, days: int) -> None:
    assert lookups(TimeRangeForm, query) == {"at__gte": NOW - timedelta(days=days)}


@pytest.mark.parametrize("form_class", [TimeRangeForm, DayPeriodForm])
def test_yesterday_is_the_day_before_in_the_users_time_zone(
    form_class: type[DateRangeForm],
) -> None:
    assert lookups(form_class, "period=yesterday") == {
        "at__gte": datetime(2026, 11, 21, 18, 30, tzinfo=UTC),
        "at__lt": datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
    }


def test_from_and_to_take_precedence_over_a_period() -> None:
    found = lookups(TimeRangeForm, "period=day&since=2026-11-02T10:05")

    assert found == {"at__gte": datetime(2026, 11, 2, 4, 35, tzinfo=UTC)}


@pytest.mark.parametrize("query", ["since=1999-01-01T00:00", "until=9999-12-31T23:59"])
def test_times_reach_back_a_year_and_not_beyond_tomorrow(query: str) -> None:
    found = lookups(TimeRangeForm, query)

    assert found["at__gte"] == NOW - timedelta(days=366)
    assert found.get("at__lt", NOW) <= NOW + timedelta(days=1)
