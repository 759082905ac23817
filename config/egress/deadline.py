"""A deadline shared by the successive waits of one task."""

from __future__ import annotations

import time
from dataclasses import dataclass


class DeadlineExceeded(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock, which limits each wait."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, always positive; raise `DeadlineExceeded` when none are left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded
        return left

    def minus(self, seconds: float) -> Deadline:
        """Return a deadline that leaves `seconds` for a later step."""
        return Deadline(self.at - seconds)

    def capped_at(self, seconds: float) -> Deadline:
        """Return this deadline or one `seconds` from now, whichever is earlier."""
        return Deadline(min(self.at, time.monotonic() + seconds))
