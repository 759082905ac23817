"""The status page: whether everything works now, and how well it worked day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext

from config.health import readiness
from config.jobs.service_levels import DAYS
from config.service_levels import Service, all_services, cache_key

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: The shares of success at which a day is good, or still fair.
_GOOD, _FAIR = 0.999, 0.98
#: A single failure of few says nothing.
_FEWEST_FAILURES = 2


@dataclass(frozen=True, slots=True)
class Day:
    """`share` is that of what succeeded, None on a day without requests."""

    day: date
    share: float | None
    level: str

    @property
    def percent(self) -> str:
        return gettext("no requests") if self.share is None else format_percent(self.share)


@dataclass(frozen=True, slots=True)
class ServiceHistory:
    """`percent` is that of all days together, "" without any request."""

    label: StrOrPromise
    days: list[Day]
    percent: str


def is_working() -> bool:
    return bool(readiness()["ready"])


def read_histories() -> list[ServiceHistory]:
    """Read what the job has counted, in one query."""
    today = timezone.now().astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    services = all_services()
    counts = cache.get_many([cache_key(each, day) for each in services for day in days])
    return [_history(service, days, counts) for service in services]


def _history(service: Service, days: list[date], counts: dict[str, list[int]]) -> ServiceHistory:
    found = [(day, counts.get(cache_key(service, day), [0, 0])) for day in days]
    total, failed = (sum(each[part] for _, each in found) for part in (0, 1))
    percent = format_percent(1 - failed / total) if total else ""
    return ServiceHistory(service.label, [_day(day, *each) for day, each in found], percent)


def _day(day: date, total: int, failed: int) -> Day:
    if not total:
        return Day(day, None, "none")
    share = 1 - failed / total
    if share >= _GOOD or failed < _FEWEST_FAILURES:
        return Day(day, share, "good")
    return Day(day, share, "fair" if share >= _FAIR else "poor")


def format_percent(share: float) -> str:
    """Round down, so that 100% means all."""
    return f"{int(share * 10_000) / 100:g}%"
