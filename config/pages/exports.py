"""Lists as CSV files: the rows that the filters leave, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from config.pages.csv import csv_response
from config.pages.filters import FilterForm

#: What a file shows of a row, by the name of the column.
Columns = Mapping[str, Callable[[Any], Any]]


def export_list(
    request: HttpRequest,
    form: FilterForm,
    rows: Iterable[Any],
    columns: Columns,
    *,
    page: str,
    name: str,
) -> HttpResponseBase:
    """Stream `rows` as `name`-2026-11-24.csv; redirect to the list if a filter cannot be read.

    A file of more rows than were asked for would end in someone's books.
    """
    if not form.is_valid():
        return redirect(f"{reverse(page)}?{request.GET.urlencode()}")
    file_name = f"{name}-{timezone.localtime():%Y-%m-%d}.csv"
    return csv_response(file_name, columns, _cells(rows, columns))


def time_columns(field: str) -> Columns:
    """Return the columns of a time: in UTC, and in the zone of who downloads the file."""
    zone = timezone.get_current_timezone()

    def local(row: Any) -> str:
        at: datetime | None = getattr(row, field)
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if at else ""

    return {"time_utc": lambda row: utc(getattr(row, field)), "time_local": local}


def utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _cells(rows: Iterable[Any], columns: Columns) -> Iterator[list[Any]]:
    readers = list(columns.values())
    for row in rows:
        yield [read(row) for read in readers]
