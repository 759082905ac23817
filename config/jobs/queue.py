"""The doorbell: tells the worker that there is work. The rows say what; a lost ring is a delay."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import Error
from django_q.tasks import async_task

log = structlog.get_logger(__name__)


def enqueue(function: str, *arguments: Any) -> None:
    """Has a worker call a function named by its dotted path, soon. Never raises.

    Callers have committed already: what they did stands, and the sweeper rings again for it.
    """
    try:
        async_task(function, *arguments)
    except Error as error:
        log.warning("the doorbell did not ring", function=function, error=str(error).strip())
