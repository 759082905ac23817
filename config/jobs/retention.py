"""Retention: each app registers rules in `jobs.py`, which run once an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import Error, connection
from django.db.models import QuerySet

from config.db.clock import database_now
from config.db.ids import first_id
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic

log = structlog.get_logger(__name__)

#: Small enough to be deleted well within the statement timeout.
_BATCH = 5_000

Function = Callable[[], None]
_rules: list[Function] = []


def retention_rule(function: Function) -> Function:
    """Register a `purge_…` function, which deletes rows older than a setting or constant."""
    _rules.append(function)
    return function


@background_task
def run_retention() -> None:
    """Run all rules, regardless of each other's failures; safe to repeat."""
    for function in _rules:
        name = f"{function.__module__}.{function.__qualname__}"
        try:
            function()
        except Error as error:
            log.error("hourly task failed", task=name, error=str(error).strip())
            connection.close()
        except Exception:
            log.exception("hourly task failed", task=name)


@periodic(seconds=3600)
def enqueue_retention() -> None:
    enqueue_unless_full(run_retention)


def created_before(rows: QuerySet[Any], age: timedelta) -> QuerySet[Any]:
    """Filter rows whose id is older than `age`.

    Ids begin with their time and are indexed; an index on the time would make each row more
    expensive.
    """
    return rows.filter(pk__lt=first_id(database_now() - age))


def delete_in_batches(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.filter(pk__in=ids).delete()
