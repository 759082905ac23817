"""When the points of a day are worth an alert. Pure functions; hundredths of a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

#: Weeks that say what is usual for a weekday.
WEEKS = 8
#: Fewer of them with use say too little.
FEWEST_DAYS = 4
#: How often the usual.
FACTOR = 3


def same_weekdays(day: date) -> list[date]:
    return [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]


def usual_spend(spent: Sequence[int]) -> int | None:
    """Return the median of the same weekdays with use; None if there were too few."""
    used = [points for points in spent if points > 0]
    return round(median(used)) if len(used) >= FEWEST_DAYS else None


def is_unusual(today: int, usual: int | None, floor: int) -> bool:
    """Return whether a day has spent over `FACTOR` times the usual, and at least `floor`."""
    return usual is not None and today >= floor and today > FACTOR * usual
