"""Today of many partners, each in its own time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accounts.models import Partner


def group_by_today(partners: Iterable[Partner]) -> dict[date, list[str]]:
    """Return the ids of the partners by their day: three at most anywhere on earth."""
    days: dict[date, list[str]] = {}
    for partner in partners:
        days.setdefault(partner.today, []).append(partner.pk)
    return days
