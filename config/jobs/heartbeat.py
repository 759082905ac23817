"""Heartbeat of the worker: the scheduler enqueues one, the worker records the time.

The times are the database's, so that machines whose clocks differ agree.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache

from config.db.clock import database_now
from config.health import Check, status_probe
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic

#: When the worker last ran a task.
HEARTBEAT = "worker-heartbeat"
#: One is enqueued every ten seconds; after six missed ones, the worker counts as down.
_SECONDS = 60.0
_activities: list[Callable[[], bool]] = []


def worker_activity(function: Callable[[], bool]) -> Callable[[], bool]:
    """Register another sign of life, of a worker that is too busy for a heartbeat."""
    _activities.append(function)
    return function


@background_task
def record_heartbeat() -> None:
    cache.set(HEARTBEAT, database_now().timestamp(), timeout=None)


@periodic(seconds=10)
def enqueue_heartbeat() -> None:
    enqueue_unless_full(record_heartbeat)


@status_probe("worker")
def check_worker() -> Check:
    last = cache.get(HEARTBEAT)
    if last is None:
        return Check(False, "never seen")
    age = round(database_now().timestamp() - last, 1)
    return Check(age <= _SECONDS or any(is_active() for is_active in _activities), age)
