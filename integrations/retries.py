"""The retry schedule of webhooks. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_JITTER = 0.1
_LONGEST_WISH = timedelta(hours=24)


def backoff_delay(attempts_made: int, waits: Sequence[float]) -> timedelta | None:
    """Return the delay after `attempts_made` failures, None when no attempt is left.

    `waits` are the seconds before the second, third, … attempt; up to a tenth is added.
    """
    if attempts_made > len(waits):
        return None
    # Receivers that failed together must not all be retried at the same time.
    jitter = 1 + random.uniform(0, _JITTER)  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=waits[max(attempts_made, 1) - 1] * jitter)


def read_retry_after(header: str | None, *, now: datetime) -> timedelta:
    """Return the wait that a Retry-After header (RFC 9110, section 10.2.3) asks for, at most a day.

    An absent, past or unreadable one asks for none.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        wait = timedelta(seconds=min(int(text[:9]), _LONGEST_WISH.total_seconds()))
    else:
        wait = _read_date(text, now) - now
    return max(timedelta(), min(wait, _LONGEST_WISH))


def _read_date(text: str, now: datetime) -> datetime:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return now
    return at if at.tzinfo else at.replace(tzinfo=UTC)
