"""Moments in the public API: one form going out, ISO 8601 coming in."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime | None = None) -> str:
    """UTC with milliseconds: `2025-07-15T10:30:00.000Z`; now where no moment is given."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    """An ISO 8601 date or moment, in UTC where it names no zone; raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    try:
        # PostgreSQL does not read every offset that Python does, but it reads UTC.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("outside of the calendar") from None
