"""When a failed webhook is tried again. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

_JITTER = 0.1


def backoff_delay(attempts_made: int, waits: Sequence[float]) -> timedelta | None:
    """The wait after this many failed attempts, up to a tenth longer; None to give up.

    `waits` are the seconds before the second, third, … attempt.
    """
    if attempts_made > len(waits):
        return None
    # Receivers that fail together must not all be called again at the same moment.
    jitter = 1 + random.uniform(0, _JITTER)  # noqa: S311 - spreads load, guards nothing
    return timedelta(seconds=waits[max(attempts_made, 1) - 1] * jitter)
