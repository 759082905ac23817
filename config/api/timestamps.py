"""Timestamps of the public API."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(at: datetime | None = None) -> str:
    """Format in UTC with milliseconds, such as `2025-07-15T10:30:00.000Z`; default to now."""
    at = (at or datetime.now(UTC)).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    """Parse an ISO 8601 date or time, UTC if it has no offset; raise `ValueError`."""
    parsed = datetime.fromisoformat(text)
    try:
        # PostgreSQL does not accept every offset that Python does, so it gets UTC.
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("outside of the calendar") from None
