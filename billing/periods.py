"""Periods of statistics and the ones they are compared with. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils import dateformat
from django.utils.translation import gettext

#: Choices for "the last … days".
LENGTHS = (7, 30, 90)
USUAL_LENGTH = 30
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """`first` to `last` and, before it, `first_before` to `last_before`, all included.

    `than` names the previous period in a sentence such as "12% more than the previous 30 days".
    """

    first: date
    last: date
    first_before: date
    last_before: date
    than: str

    @cached_property
    def days(self) -> tuple[date, ...]:
        return _days(self.first, self.last)

    @cached_property
    def days_before(self) -> tuple[date, ...]:
        return _days(self.first_before, self.last_before)


def last_days(number: int, today: date) -> Period:
    """Return the `number` days ending today, compared with as many before them."""
    first = today - (number - 1) * _DAY
    # Translators: ends a comparison, such as “12% more than the previous 30 days”.
    than = gettext("the previous %(number)s days") % {"number": number}
    return Period(first, today, first - number * _DAY, first - _DAY, than)


def month(first: date, today: date) -> Period:
    """Return a calendar month compared with the previous one; the current month ends today and is
    compared with the same days."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    last_before = first - _DAY
    first_before = last_before.replace(day=1)
    than = dateformat.format(first_before, "F Y")
    if last > today:
        last = today
        last_before = min(last_before, first_before + (today - first))
        # Translators: ends a comparison, such as “12% more than the same days of October 2026”.
        than = gettext("the same days of %(month)s") % {"month": than}
    return Period(first, last, first_before, last_before, than)


def months_until(today: date, number: int) -> list[date]:
    """Return the first day of this month and of earlier months, newest first."""
    months = [today.replace(day=1)]
    while len(months) < number:
        months.append((months[-1] - _DAY).replace(day=1))
    return months


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + n * _DAY for n in range((last - first).days + 1))
