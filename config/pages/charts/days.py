"""Days in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config.pages.charts.model import Slot


def day_slots(days: Sequence[date]) -> tuple[Slot, ...]:
    return tuple(Slot(name_day(day), describe_day(day)) for day in days)


def name_day(day: date) -> str:
    """ "Tue 24 Nov"."""
    return f"{day:%a} {describe_day(day)}"


def describe_day(day: date) -> str:
    """ "12 Nov"."""
    return f"{day.day} {day:%b}"


def describe_days(days: Sequence[date]) -> str:
    """ "1–30 Nov 2026", "25 Oct – 23 Nov 2026", "20 Dec 2025 – 3 Jan 2026"."""
    first, last = days[0], days[-1]
    end = f"{describe_day(last)} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{describe_day(first)} – {end}"
    return f"{describe_day(first)} {first.year} – {end}"
