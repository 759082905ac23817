"""The spend limits of a key, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils import timezone

from config.db.statements import fetch_row

Period = Literal["day", "month"]
#: The call that `limits_of` reads, with the partner as $1 and the key as $2.
CHECK_SPENDING = "billing_check_spending($1, $2, 0, clock_timestamp())"
SPENDING = "day_limit, day_spent, month_limit, month_spent"


@dataclass(frozen=True, slots=True)
class SpendLimit:
    """A limit and the points spent in its current period, both in hundredths."""

    period: Period
    limit: int
    spent: int

    @property
    def remaining(self) -> int:
        """Return what may still be spent; 0 if the limit was lowered below what is spent."""
        return max(self.limit - self.spent, 0)

    @property
    def resets_at(self) -> datetime:
        """Return the start of the next day or month in UTC."""
        today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period == "day":
            return today + timedelta(days=1)
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def read_spend_limits(partner_id: str, key_id: str) -> list[SpendLimit]:
    """Return the limits of a key, the longest period first; none for a key without."""
    return limits_of(
        fetch_row(
            f"SELECT {SPENDING} FROM {CHECK_SPENDING}",  # noqa: S608 - constants
            [partner_id, key_id],
        )
    )


def limits_of(row: dict[str, Any] | None) -> list[SpendLimit]:
    assert row
    periods: tuple[Period, ...] = ("month", "day")
    return [
        SpendLimit(period, row[f"{period}_limit"], row[f"{period}_spent"])
        for period in periods
        if row[f"{period}_limit"] is not None
    ]
