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
    """A function and the seconds between its runs; the first run comes at once."""

    name: str
    seconds: float
    func: Function
    next_at: float = 0.0


_registered: list[PeriodicTask] = []


def periodic(*, seconds: float) -> Callable[[Function], Function]:
    """Register a function of the scheduler's process.

    It must be quick: refunds are among the tasks that wait for it. Long work is enqueued.
    """

    def register(func: Function) -> Function:
        _registered.append(PeriodicTask(f"{func.__module__}.{func.__qualname__}", seconds, func))
        return func

    return register


def periodic_tasks() -> list[PeriodicTask]:
    """All that are registered, each due at once."""
    return [replace(task) for task in _registered]


def run_due(tasks: list[PeriodicTask]) -> float:
    """Run what is due and return the seconds until something is again.

    A task that fails is tried at its next turn: a database that is away is no reason to end.
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
        # The other tasks give points back: no fault of one may keep them from it.
        log.exception("periodic task failed, will retry", task=task.name)
