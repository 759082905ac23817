"""Periods of financial reports: months, quarters and financial years in India. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing.gst import INDIAN_TIME, day_bounds

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(20\d\d)-\d\d-Q([1-4])", re.ASCII)
_YEAR = re.compile(r"(20\d\d)-(\d\d)-FY", re.ASCII)
#: A custom period reads no more than a financial year, so that every report is bounded.
LONGEST_DAYS = 366
CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """`first` to `last`, both included; `name` identifies it in addresses and file names."""

    first: date
    last: date
    name: str
    label: str

    @property
    def since(self) -> datetime:
        return day_bounds(self.first, self.last)[0]

    @property
    def until(self) -> datetime:
        """Return the end, which is not included."""
        return day_bounds(self.first, self.last)[1]

    @property
    def previous(self) -> ReportPeriod | None:
        return _of_kind(self.name, self.first - _DAY)

    @property
    def next(self) -> ReportPeriod | None:
        return _of_kind(self.name, self.last + _DAY)


def today_in_india(now: datetime) -> date:
    return now.astimezone(INDIAN_TIME).date()


def month_of(day: date) -> ReportPeriod:
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return ReportPeriod(day.replace(day=1), last, f"{day:%Y-%m}", f"{day:%B %Y}")


def quarter_of(day: date) -> ReportPeriod:
    """Return the quarter; the first of a financial year is April to June."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    last = month_of(first + timedelta(days=70)).last
    number = (first.month - 4) % 12 // 3 + 1
    label = f"{first:%b}–{last:%b} {last.year} (Q{number})"
    return ReportPeriod(first, last, f"{_year_name(first)}-Q{number}", label)


def year_of(day: date) -> ReportPeriod:
    """Return the financial year, April to March."""
    first = date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    last = date(first.year + 1, 3, 31)
    name = _year_name(first)
    return ReportPeriod(first, last, f"{name}-FY", f"Financial year {name.replace('-', '–')}")


def custom_period(first: date, last: date) -> ReportPeriod:
    label = f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
    return ReportPeriod(first, last, CUSTOM, label)


def parse_period(name: str) -> ReportPeriod | None:
    """Return the period with a name; None if there is none."""
    if found := _MONTH.fullmatch(name):
        return month_of(date(int(found[1]), int(found[2]), 1))
    if found := _QUARTER.fullmatch(name):
        month = 4 + 3 * (int(found[2]) - 1)
        period = quarter_of(date(int(found[1]) + month // 13, (month - 1) % 12 + 1, 1))
    elif found := _YEAR.fullmatch(name):
        period = year_of(date(int(found[1]), 4, 1))
    else:
        return None
    return period if period.name == name else None


def period_choices(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the periods that a page offers, newest first, by kind."""
    return [
        ("Month", _back(month_of(today), 18)),
        ("Quarter", _back(quarter_of(today), 8)),
        ("Financial year", _back(year_of(today), 4)),
    ]


def _back(period: ReportPeriod | None, number: int) -> list[tuple[str, str]]:
    choices: list[tuple[str, str]] = []
    while period and len(choices) < number:
        choices.append((period.name, period.label))
        period = period.previous
    return choices


def _of_kind(name: str, day: date) -> ReportPeriod | None:
    if _MONTH.fullmatch(name):
        return month_of(day)
    if _QUARTER.fullmatch(name):
        return quarter_of(day)
    return year_of(day) if _YEAR.fullmatch(name) else None


def _year_name(day: date) -> str:
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"
