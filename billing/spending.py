"""The spend limits of a key, and what is left of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey
from config.db.statements import fetch_row

Period = Literal["day", "month"]
#: What `limits_of` reads, with the partner as $1 and the key as $2.
SPENDING = "billing_read_spending($1, $2, clock_timestamp()) AS spending"
_MANY = """
    SELECT named.key, billing_read_spending(named.partner, named.key, clock_timestamp())
    FROM unnest(%s::text[], %s::text[]) AS named (partner, key)
"""


@dataclass(frozen=True, slots=True)
class SpendLimit:
    """A limit and the points spent in its current period, both in hundredths; `time_zone` is that
    of the company."""

    period: Period
    limit: int
    spent: int
    time_zone: str

    @property
    def remaining(self) -> int:
        """Return what may still be spent; 0 if the limit was lowered below what is spent."""
        return max(self.limit - self.spent, 0)

    @property
    def starts_at(self) -> datetime:
        """Return the start of the company's current day or month."""
        zone = ZoneInfo(self.time_zone)
        today = timezone.localdate(timezone=zone)
        first = today if self.period == "day" else today.replace(day=1)
        return datetime.combine(first, time.min, zone)

    @property
    def resets_at(self) -> datetime:
        """Return the start of the company's next day or month."""
        zone = ZoneInfo(self.time_zone)
        today = timezone.localdate(timezone=zone)
        if self.period == "day":
            begins = today + timedelta(days=1)
        else:
            begins = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return datetime.combine(begins, time.min, zone)


def read_spend_limits(partner_id: str, key_id: str) -> list[SpendLimit]:
    """Return the limits of a key, the longest period first; none for a key without."""
    row = fetch_row(f"SELECT {SPENDING}", [partner_id, key_id])
    assert row
    return limits_of(row["spending"])


def read_many_spend_limits(keys: Collection[ApiKey]) -> dict[str, list[SpendLimit]]:
    """Return the limits by the key's id, in one statement."""
    ids = [[key.partner_id for key in keys], [key.pk for key in keys]]
    with connection.cursor() as cursor:
        cursor.execute(_MANY, ids)
        return {key: limits_of(spending) for key, spending in cursor}


def limits_of(spending: list[dict[str, Any]] | None) -> list[SpendLimit]:
    return [SpendLimit(**each) for each in spending or ()]


def find_reached(limits: Iterable[SpendLimit], cost: int) -> SpendLimit | None:
    """Return the limit that a call would exceed, by the rule of `billing_charge`."""
    return next((each for each in limits if cost > each.remaining), None)
