"""Token buckets in the memory of one process."""

from __future__ import annotations

import math
import threading
import time


class TokenBuckets:
    """One bucket per name: `burst` tokens at first, and `per_minute` new ones up to that number.

    At most `max_names` are kept; beyond that the oldest is forgotten, which refills it.
    """

    def __init__(self, *, burst: int, per_minute: int, max_names: int = 10_000) -> None:
        self._burst, self._per_minute, self._max_names = burst, per_minute, max_names
        #: When each bucket will be full again; a full one needs no entry.
        self._full_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> bool:
        """Take a token; return False if there was none."""
        with self._lock:
            now = time.monotonic()
            if self._seconds_short(name, now) > 0:
                return False
            self._full_at[name] = max(self._full_at.pop(name, now), now) + 60 / self._per_minute
            if len(self._full_at) > self._max_names:
                self._discard_one(now)
            return True

    def seconds_until_token(self, name: str) -> int:
        """Return 0 if there is a token now."""
        # A single look-up in the usual case: every call of the API asks.
        if name not in self._full_at:
            return 0
        with self._lock:
            return math.ceil(self._seconds_short(name, time.monotonic()))

    def clear(self) -> None:
        self._full_at.clear()

    def _seconds_short(self, name: str, now: float) -> float:
        missing = self._full_at.get(name, now) - now
        return max(0.0, missing - (self._burst - 1) * 60 / self._per_minute)

    def _discard_one(self, now: float) -> None:
        full = [name for name, at in self._full_at.items() if at <= now]
        for name in full or [next(iter(self._full_at))]:
            del self._full_at[name]
