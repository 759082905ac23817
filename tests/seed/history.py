"""Moving new rows into the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db import connection
from django.db.models import Model
from django.utils import timezone


@contextmanager
def as_of(at: datetime) -> Iterator[None]:
    """Give new rows the ids of a time in the past, by which lists sort them."""
    with time_machine.travel(at, tick=True):
        yield


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def backdate(
    model: type[Model], times: Mapping[Any, datetime], *columns: str, by: str = "id"
) -> None:
    """Set `columns` of the rows identified by `by`, bypassing the triggers that protect history."""
    if not times:
        return
    settings = ", ".join(f"{column} = moved.at" for column in columns)
    _update(
        f"UPDATE {model._meta.db_table} line SET {settings}"
        " FROM unnest(%s::text[], %s::timestamptz[]) AS moved(name, at)"
        f" WHERE line.{by}::text = moved.name",
        times,
    )


def shift(
    model: type[Model], spans: Mapping[Any, timedelta], *columns: str, by: str = "id"
) -> None:
    """Move `columns` of the rows back by a time span, which keeps the intervals between them."""
    if not spans:
        return
    settings = ", ".join(f"{column} = line.{column} - moved.span" for column in columns)
    _update(
        f"UPDATE {model._meta.db_table} line SET {settings}"
        " FROM unnest(%s::text[], %s::interval[]) AS moved(name, span)"
        f" WHERE line.{by}::text = moved.name",
        spans,
    )


def _update(statement: str, values: Mapping[Any, Any]) -> None:
    """Update without triggers, in one round trip."""
    before, after = (f"SET session_replication_role = {role}" for role in ("replica", "DEFAULT"))
    with connection.cursor() as cursor:
        names = [str(name) for name in values]
        cursor.execute(f"{before}; {statement}; {after}", [names, list(values.values())])
