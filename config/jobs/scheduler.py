"""Periodic tasks: each app registers its own in `jobs.py`; `manage.py sweep` runs them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from django.db import Error, connection

log = structlog.get_logger(__name__)

Function = Callable[[], None]


@dataclass(slots=True)
class PeriodicTask:
    """A function and the seconds between its runs; it first runs immediately."""

    name: str
    seconds: float
    func: Function
    next_at: float = 0.0


_registered: list[PeriodicTask] = []


def periodic(*, seconds: float) -> Callable[[Function], Function]:
    """Register a function to run in the scheduler's process.

    It must be fast, because refunds wait for it; long work is enqueued.
    """

    def register(func: Function) -> Function:
        _registered.append(PeriodicTask(f"{func.__module__}.{func.__qualname__}", seconds, func))
        return func

    return register


def periodic_tasks() -> list[PeriodicTask]:
    """Return all registered tasks, each due immediately."""
    return [replace(task) for task in _registered]


def run_due(tasks: list[PeriodicTask]) -> float:
    """Run the due tasks and return the seconds until the next one.

    A task that fails runs again at its next turn: an unavailable database must not end the
    scheduler.
    """
    for task in tasks:
        if time.monotonic() >= task.next_at:
            task.next_at = time.monotonic() + task.seconds
            _run(task)
    connection.close_if_unusable_or_obsolete()
    return max(0.0, min(task.next_at for task in tasks) - time.monotonic())


def _run(task: PeriodicTask) -> None:
    try:
        task.func()
    except Error as error:
        log.error("periodic task failed, will retry", task=task.name, error=str(error).strip())
        connection.close()
    except Exception:
        # Other tasks refund points: no error in one task may prevent that.
        log.exception("periodic task failed, will retry", task=task.name)
