"""When errors of live requests are worth an alert. Pure functions."""

from __future__ import annotations

from typing import NamedTuple

#: A smaller number of requests says too little.
FEWEST_REQUESTS = 50
#: What a company can always expect of itself is no news: the rate has at least doubled.
_RISE = 2


class Rate(NamedTuple):
    requests: int
    errors: int

    @property
    def percent(self) -> float:
        return 100 * self.errors / self.requests if self.requests else 0.0


NO_REQUESTS = Rate(0, 0)


def is_high(hour: Rate, week: Rate, limit: int) -> bool:
    """Return whether the rate of an hour is above `limit` percent and above twice the week's."""
    if hour.requests < FEWEST_REQUESTS:
        return False
    return hour.percent > max(limit, _RISE * week.percent)


def has_recovered(hour: Rate, limit: int) -> bool:
    """Return whether the rate fell to half the limit, so that one around it alerts once."""
    return hour.percent <= limit / 2
