"""Keeps the days of the status page counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.core.cache import cache

from config.db.clock import database_now
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic
from config.service_levels import Service, all_services, cache_key

DAYS = 90
_TODAY_SECONDS = 900
_KEEP_SECONDS = (DAYS + 1) * 86_400
#: Of the missing past days, in one run.
_MOST = 10


@periodic(seconds=300)
def enqueue_service_levels() -> None:
    enqueue_unless_full(count_service_levels)


@background_task
def count_service_levels() -> None:
    """Count today again, and past days that are missing, the latest first."""
    today = database_now().astimezone(UTC).date()
    for service in all_services():
        _count(service, today, _TODAY_SECONDS)
        days = [today - timedelta(days=back) for back in range(1, DAYS)]
        known = cache.get_many([cache_key(service, day) for day in days])
        for day in [day for day in days if cache_key(service, day) not in known][:_MOST]:
            # Yesterday's events may still be retried.
            _count(service, day, _TODAY_SECONDS if day == days[0] else _KEEP_SECONDS)


def _count(service: Service, day: date, seconds: int) -> None:
    start = datetime.combine(day, time(), UTC)
    counted = service.count(start, start + timedelta(days=1))
    cache.set(cache_key(service, day), list(counted), seconds)
