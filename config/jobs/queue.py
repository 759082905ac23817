"""Messages that wake the worker. The rows hold the work, so a lost message only causes a delay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.db import Error
from django_q.tasks import async_task, queue_size

log = structlog.get_logger(__name__)

Task = TypeVar("Task", bound=Callable[..., object])

#: A queue this long is not being processed; adding messages would be pointless.
_FULL = 100
_paths: dict[Callable[..., object], str] = {}


class NotABackgroundTask(TypeError):
    """The worker could not find this function, or it is not registered."""


def background_task(function: Task) -> Task:
    """Register a module-level function; the worker finds it by module and name."""
    if "." in function.__qualname__:
        raise NotABackgroundTask(f"{function.__qualname__} is no function of a module")
    _paths[function] = f"{function.__module__}.{function.__qualname__}"
    return function


def task_path(task: Callable[..., object]) -> str:
    """Return the dotted path that identifies a task. Raises `NotABackgroundTask`."""
    try:
        return _paths[task]
    except KeyError:
        raise NotABackgroundTask(f"{task!r} has no @background_task") from None


def enqueue(task: Callable[..., object], *arguments: Any) -> None:
    """Have the worker call `task` soon; an unavailable database is logged, not raised.

    Callers have committed already: their work stands, and the scheduler enqueues the task again.
    """
    path = task_path(task)
    try:
        async_task(path, *arguments)
    except Error as error:
        log.warning("enqueue failed", task=path, error=str(error).strip())


def enqueue_unless_full(task: Callable[..., object]) -> None:
    """Enqueue on a schedule, but add nothing to a queue that is not being processed."""
    path = task_path(task)
    if queue_size() < _FULL:
        async_task(path)
