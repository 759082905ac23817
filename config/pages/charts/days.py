"""Days in words, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config.pages.charts.model import Slot
from config.pages.times import format_day


def day_slots(days: Sequence[date]) -> tuple[Slot, ...]:
    return tuple(Slot(name_day(day), describe_day(day)) for day in days)


def name_day(day: date) -> str:
    """ "Tue 24 Nov"."""
    return format_day(day, "D j M")


def describe_day(day: date) -> str:
    """ "12 Nov"."""
    return format_day(day, "j M")


def describe_days(days: Sequence[date]) -> str:
    """ "1–30 Nov 2026", "25 Oct – 23 Nov 2026", "20 Dec 2025 – 3 Jan 2026"."""
    first, last = days[0], days[-1]
    # Each of our languages begins a date with its day.
    end = format_day(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{describe_day(first)} – {end}"
    return f"{format_day(first)} – {end}"
