"""How long points last at the recent rate of use. Pure; UTC days, hundredths of a point."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

#: Days that determine the rate, today included.
WINDOW = 30
#: Fewer days of use are counted as a week.
_FEWEST_DAYS = 7
_A_YEAR = 365


def runway_days(balance: int, points_by_day: Mapping[date, int], today: date) -> float | None:
    """Return None if nothing was used in the window.

    Days before the first use do not count: a new partner would appear to have months left.
    """
    since = today - timedelta(days=WINDOW - 1)
    used = {day: points for day, points in points_by_day.items() if day >= since and points > 0}
    if not used:
        return None
    days = max((today - min(used)).days + 1, _FEWEST_DAYS)
    return balance * days / sum(used.values())


def describe_runway(days: float | None) -> str:
    """ "about 12 days", "less than a day", "over a year", "–"."""
    if days is None:
        return "–"
    if days > _A_YEAR:
        return "over a year"
    if days < 1:
        return "less than a day"
    number = int(days)
    return f"about {number} day{'' if number == 1 else 's'}"
