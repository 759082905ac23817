"""One moment by which a chain of waits has to end, however many steps it has."""

from __future__ import annotations

import time
from dataclasses import dataclass


class DeadlineExceeded(Exception):
    """The deadline passed before the work was done."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock; every step asks it how long it may still wait."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, always positive; raises `DeadlineExceeded` once there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded
        return left

    def earlier(self, seconds: float) -> Deadline:
        """The same moment less what a later step needs."""
        return Deadline(self.at - seconds)

    def sooner(self, seconds: float) -> Deadline:
        """The nearer of this deadline and `seconds` from now."""
        return Deadline(min(self.at, time.monotonic() + seconds))
