"""The retry schedule of webhooks. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

_JITTER = 0.1


def backoff_delay(attempts_made: int, waits: Sequence[float]) -> timedelta | None:
    """Return the delay after `attempts_made` failures, None when no attempt is left.

    `waits` are the seconds before the second, third, … attempt; up to a tenth is added.
    """
    if attempts_made > len(waits):
        return None
    # Receivers that failed together must not all be retried at the same time.
    jitter = 1 + random.uniform(0, _JITTER)  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=waits[max(attempts_made, 1) - 1] * jitter)
