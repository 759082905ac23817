"""How long points last at the recent rate of use. Pure; hundredths of a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, ngettext

#: Days that determine the rate, today included.
WINDOW = 30
#: The use of fewer days says too little about the next ones.
FEWEST_DAYS = 3
_A_YEAR = 365
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Runway:
    """`days_of_use` are those of the window since the first use, today included; `used` is what
    they used."""

    balance: int
    today: date
    days_of_use: int = 0
    used: int = 0

    @property
    def per_day(self) -> int:
        """Return whole points, in hundredths."""
        return self._whole_points(1)

    @property
    def per_week(self) -> int:
        """Return what the next seven days cost if spending stays the same, as `per_day`."""
        return self._whole_points(7)

    def _whole_points(self, days: int) -> int:
        return round(days * self.used / self.days_of_use / 100) * 100 if self.days_of_use else 0

    @property
    def days(self) -> float | None:
        """Return how long the balance lasts; None if that cannot be told yet."""
        return self.days_for(self.balance)

    def days_for(self, points: int) -> float | None:
        if self.days_of_use < FEWEST_DAYS:
            return None
        return points * self.days_of_use / self.used

    @property
    def ends_on(self) -> date | None:
        """Return the day on which the points end; None if it cannot be told or is over a year
        away."""
        return self.day_after(self.balance)

    def day_after(self, points: int) -> date | None:
        """Return the day on which that many points have been used."""
        days = self.days_for(points)
        return None if days is None or days > _A_YEAR else self.today + int(days) * _DAY

    @property
    def text(self) -> str:
        """ "about 12 days", "less than a day", "over a year", "too early to say", "–"."""
        if self.days is None:
            return gettext("too early to say") if self.days_of_use else "–"
        if self.days > _A_YEAR:
            return gettext("over a year")
        if self.days < 1:
            return gettext("less than a day")
        days = int(self.days)
        return ngettext("about %(days)s day", "about %(days)s days", days) % {"days": days}

    @property
    def basis(self) -> str:
        """ "Based on 12 days of use"."""
        if not self.days_of_use:
            return gettext("No points used in the last %(days)s days") % {"days": WINDOW}
        return ngettext(
            "Based on %(days)s day of use", "Based on %(days)s days of use", self.days_of_use
        ) % {"days": self.days_of_use}


def read_runway(balance: int, points_by_day: Mapping[date, int], today: date) -> Runway:
    """Days before the first use do not count: a new partner would appear to have months left."""
    since = today - (WINDOW - 1) * _DAY
    used = {day: points for day, points in points_by_day.items() if day >= since and points > 0}
    if not used:
        return Runway(balance, today)
    return Runway(balance, today, (today - min(used)).days + 1, sum(used.values()))
