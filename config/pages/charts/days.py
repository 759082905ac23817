"""Days in words, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format

from config.pages.charts.model import Slot


def day_slots(days: Sequence[date]) -> tuple[Slot, ...]:
    return tuple(Slot(name_day(day), describe_day(day)) for day in days)


def name_day(day: date) -> str:
    """ "Tue 24 Nov"."""
    return date_format(day, "D j M")


def describe_day(day: date) -> str:
    """ "12 Nov"."""
    return date_format(day, "j M")


def describe_days(days: Sequence[date]) -> str:
    """ "1–30 Nov 2026", "25 Oct – 23 Nov 2026", "20 Dec 2025 – 3 Jan 2026"."""
    first, last = days[0], days[-1]
    # Each of our languages begins a date with its day.
    end = date_format(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{describe_day(first)} – {end}"
    return f"{date_format(first)} – {end}"
