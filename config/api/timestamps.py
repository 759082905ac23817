"""Timestamps of the public API."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime | None = None) -> str:
    """Format in UTC with milliseconds, such as `2025-07-15T10:30:00.000Z`; default to now."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    """Parse an ISO 8601 date or time, UTC if it has no offset; raise `ValueError`."""
    moment = datetime.fromisoformat(text)
    try:
        # PostgreSQL does not accept every offset that Python does, so it gets UTC.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("outside of the calendar") from None
