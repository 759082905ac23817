"""What is left of a partner's rate limits now, as the counters in the database have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import ApiKey, Environment, Partner, RateWindow
from config.db.clock import database_now
from config.db.owned import sandbox_id
from config.grouping import group_digits

_MINUTE, _DAY = 60, 86_400


@dataclass(frozen=True, slots=True)
class CallsLeft:
    key: ApiKey
    label: str
    minute: str
    day: str


def calls_left(partner: Partner, keys: Sequence[ApiKey]) -> list[CallsLeft]:
    """Return what is left of each key's limits, in two queries.

    Management keys share the counter of the partner, test keys of the management API that of its
    sandbox.
    """
    subjects = {key.pk: _subject_of(key) for key in keys}
    windows = RateWindow.objects.of(partner.pk).in_bulk(set(subjects.values()))
    now = database_now().timestamp()
    return [_left_of(key, partner, windows.get(subjects[key.pk]), now) for key in keys]


def _subject_of(key: ApiKey) -> str:
    if key.environment == Environment.MANAGEMENT_TEST:
        return sandbox_id(key.partner_id)
    is_management = key.environment == Environment.MANAGEMENT
    return key.partner_id if is_management else key.rate_subject


def _left_of(key: ApiKey, partner: Partner, window: RateWindow | None, now: float) -> CallsLeft:
    minute = key.requests_per_minute or partner.requests_per_minute
    day = key.requests_per_day or partner.requests_per_day
    used_minute = used_day = 0
    if window:
        used_minute = _count(window.minute_at, window.minute_calls, now - _MINUTE)
        used_day = _count(window.day_at, window.day_calls, now - _DAY)
    return CallsLeft(
        key,
        f"{key.name} …{key.last_four}",
        f"{group_digits(max(minute - used_minute, 0))} / {group_digits(minute)}",
        f"{group_digits(max(day - used_day, 0))} / {group_digits(day)}",
    )


def _count(times: Sequence[float], calls: Sequence[int], since: float) -> int:
    return sum(number for at, number in zip(times, calls, strict=True) if at > since)
