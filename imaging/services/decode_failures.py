"""Count the images of a partner that could not be decoded: an attempt costs us seconds of computing
and the partner nothing."""

from __future__ import annotations

import math
import time

from django.core.cache import cache
from django.db import transaction

from accounts.services.locks import lock_partner

MAX_FAILURES = 10
_PERIOD_SECONDS = 3600.0


def record_failure(*, partner_id: str) -> None:
    with transaction.atomic():
        # The cache cannot add to a list by itself.
        lock_partner(partner_id)
        times = [*_read_times(partner_id), time.time()]
        cache.set(_key(partner_id), times[-MAX_FAILURES:], _PERIOD_SECONDS)


def seconds_until_allowed(partner_id: str) -> int:
    """Return 0 unless the last hour has `MAX_FAILURES`."""
    times = _read_times(partner_id)
    if len(times) < MAX_FAILURES:
        return 0
    return max(1, math.ceil(times[0] + _PERIOD_SECONDS - time.time()))


def _read_times(partner_id: str) -> list[float]:
    since = time.time() - _PERIOD_SECONDS
    return [at for at in cache.get(_key(partner_id), []) if at > since]


def _key(partner_id: str) -> str:
    return f"decode-failures:{partner_id}"
