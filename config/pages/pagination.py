"""Lists on pages: sorted by what the reader chose, paged by cursor, so that a page is found by
index however deep it lies, and new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """One page of rows; `newer` and `older` are cursors of the pages beside it, or empty."""

    rows: list[Row]
    sort: str
    newer: str
    older: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def list_page(
    rows: QuerySet[Row],
    query: Mapping[str, str],
    *,
    sorts: Mapping[str, str],
    size: int = PAGE_SIZE,
) -> ListPage[Row]:
    """The page that `query` asks for, in one database query.

    `sorts` gives each name of a sort that `sort=` may say the field it goes by, "-" before it for
    falling order; the first is the default. The primary key decides between equals, so a field may
    hold anything but NULL. `after=` and `before=` are cursors of `ListPage`; what cannot be read,
    as after an edit of the address by hand, is the first page.
    """
    sort = query.get("sort", "")
    if sort not in sorts:
        sort = next(iter(sorts))
    field = sorts[sort].removeprefix("-")
    falls = sorts[sort].startswith("-")
    backwards = _read(query.get("before", ""), rows, field)
    forwards = None if backwards else _read(query.get("after", ""), rows, field)
    descending = falls != bool(backwards)
    if at := backwards or forwards:
        rows = rows.filter(_beyond(field, at, descending))
    sign = "-" if descending else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    return ListPage(
        rows=found,
        sort=sort,
        newer=_cursor(found[0], field)
        if found and _has_newer(backwards, forwards, has_more)
        else "",
        older=_cursor(found[-1], field) if found and (backwards or has_more) else "",
    )


def _has_newer(backwards: object, forwards: object, has_more: bool) -> bool:
    return has_more if backwards else bool(forwards)


def _beyond(field: str, at: tuple[Any, Any], descending: bool) -> Q:
    value, pk = at
    step = "lt" if descending else "gt"
    # The first condition alone lets PostgreSQL start the index scan at the right place.
    return Q(**{f"{field}__{step}e": value}) & (
        Q(**{f"{field}__{step}": value}) | Q(**{f"pk__{step}": pk})
    )


def _cursor(row: Model, field: str) -> str:
    value: Any = row
    for part in field.split("__"):
        value = getattr(value, part)
    if isinstance(value, datetime):
        value = value.isoformat()
    text = json.dumps([value, row.pk], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str, rows: QuerySet[Any], field: str) -> tuple[Any, Any] | None:
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return _python(rows, field, value), _python(rows, rows.model._meta.pk.name, pk)
    except (ValueError, TypeError, ValidationError, binascii.Error, OverflowError, RecursionError):
        return None


def _python(rows: QuerySet[Any], field: str, value: Any) -> Any:
    """The value as the field keeps it; raises `ValidationError` or `ValueError`."""
    if not isinstance(value, str | int | float):
        raise ValueError("no value of a row")
    # No column takes NUL; nor lone surrogates, which this refuses to encode.
    if b"\0" in str(value).encode():
        raise ValueError("no text that a row can hold")
    found = _field(rows, field).to_python(value)
    if isinstance(found, datetime) and timezone.is_naive(found):
        raise ValueError("no moment without a zone")
    return found


def _field(rows: QuerySet[Any], name: str) -> Any:
    if name in rows.query.annotations:
        return rows.query.annotations[name].output_field
    field: Any = None
    model: Any = rows.model
    for part in name.split("__"):
        field = model._meta.get_field(part)
        model = field.related_model
    return field
