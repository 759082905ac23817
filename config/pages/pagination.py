"""Sorting and keyset pagination of lists on pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone

from config.db.keyset import Keyset, Position, decode_cursor, encode_cursor

Row = TypeVar("Row", bound=Model)
#: A screen shows about twenty.
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """A page of rows; `previous` and `next` are cursors of the adjacent pages, or empty."""

    rows: list[Row]
    sort: str
    sorts: tuple[str, ...]
    previous: str
    next: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(
    rows: QuerySet[Row],
    query: Mapping[str, str],
    *,
    sorts: Mapping[str, str],
    size: int = PAGE_SIZE,
) -> KeysetPage[Row]:
    """Read the page that `query` asks for, in one database query.

    `sorts` maps the values of `sort=` to a field, with "-" for descending order; the first is the
    default. `after=` and `before=` are cursors of a `KeysetPage`; an invalid one gives the first
    page.
    """
    sort = query.get("sort", "")
    if sort not in sorts:
        sort = next(iter(sorts))
    keyset = Keyset.parse(sorts[sort])
    if before := _parse(query.get("before", ""), rows, keyset.field):
        found, has_previous = keyset.reversed().fetch(rows, after=before, size=size)
        found.reverse()
        has_next = True
    else:
        after = _parse(query.get("after", ""), rows, keyset.field)
        found, has_next = keyset.fetch(rows, after=after, size=size)
        has_previous = after is not None
    return KeysetPage(
        rows=found,
        sort=sort,
        sorts=tuple(sorts),
        previous=_cursor(keyset.position_of(found[0])) if found and has_previous else "",
        next=_cursor(keyset.position_of(found[-1])) if found and has_next else "",
    )


def _cursor(position: Position) -> str:
    value, pk = position
    if isinstance(value, datetime):
        value = value.isoformat()
    return encode_cursor(json.dumps([value, pk], default=str))


def _parse(cursor: str, rows: QuerySet[Any], field: str) -> Position | None:
    if not cursor:
        return None
    try:
        value, pk = json.loads(decode_cursor(cursor))
        return _python(rows, field, value), _python(rows, rows.model._meta.pk.name, pk)
    except (ValueError, TypeError, ValidationError, OverflowError, RecursionError):
        return None


def _python(rows: QuerySet[Any], field: str, value: Any) -> Any:
    """Return the value as the field's Python type; raise `ValidationError` or `ValueError`."""
    if not isinstance(value, str | int | float):
        raise ValueError("not a value of a row")  # noqa: TRY004 - caught with the other unreadable values
    # PostgreSQL stores neither NUL nor lone surrogates; encoding fails for the latter.
    if b"\0" in str(value).encode():
        raise ValueError("not text that a row can hold")
    found = _field(rows, field).to_python(value)
    if isinstance(found, datetime) and timezone.is_naive(found):
        raise ValueError("a time without a zone")
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
