"""Moments in other months than this one."""

from __future__ import annotations

from datetime import UTC, datetime

from config.db.clock import database_now


def months_from_now(months: int) -> datetime:
    """The middle of a month, by the database's clock."""
    month = database_now().astimezone(UTC).replace(day=15)
    number = month.year * 12 + month.month - 1 + months
    return month.replace(year=number // 12, month=number % 12 + 1)
