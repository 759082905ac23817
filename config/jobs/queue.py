"""Wake the worker. The rows say what there is to do; a lost message is only a delay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.db import Error
from django_q.tasks import async_task, queue_size

log = structlog.get_logger(__name__)

Task = TypeVar("Task", bound=Callable[..., object])

#: With so many messages waiting, no worker takes them: more would only pile up.
_FULL = 100
_paths: dict[Callable[..., object], str] = {}


class NotABackgroundTask(TypeError):
    """A function that is not registered, or that the worker cannot import."""


def background_task(function: Task) -> Task:
    """Allow a function of a module to be enqueued; the worker finds it by module and name."""
    if "." in function.__qualname__:
        raise NotABackgroundTask(f"{function.__qualname__} is no function of a module")
    _paths[function] = f"{function.__module__}.{function.__qualname__}"
    return function


def task_path(task: Callable[..., object]) -> str:
    """The dotted path by which a message names a task. Raises `NotABackgroundTask`."""
    try:
        return _paths[task]
    except KeyError:
        raise NotABackgroundTask(f"{task!r} has no @background_task") from None


def enqueue(task: Callable[..., object], *arguments: Any) -> None:
    """Have the worker call `task` soon; a database that is away is logged, not raised.

    Callers have committed already: what they did stands, and the scheduler enqueues it again.
    """
    path = task_path(task)
    try:
        async_task(path, *arguments)
    except Error as error:
        log.warning("enqueue failed", task=path, error=str(error).strip())


def enqueue_unless_full(task: Callable[..., object]) -> None:
    """Enqueue unless the queue is already full; for the scheduler, which tries again."""
    path = task_path(task)
    if queue_size() < _FULL:
        async_task(path)
