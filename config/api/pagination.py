"""Pagination of the API's lists by `limit` and `cursor`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Self, TypeVar

from django.db.models import Model, QuerySet

from config.api.error_codes import INVALID_CURSOR, INVALID_PARAMETER
from config.api.errors import bad_request
from config.api.timestamps import parse_timestamp
from config.db.ids import is_id
from config.db.keyset import Keyset, Position, decode_cursor, encode_cursor

Row = TypeVar("Row", bound=Model)
DEFAULT_LIMIT = 20
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`next_cursor` is None on the last page."""

    rows: list[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NewestFirst:
    """Pages by (created_at, id), newest first; `after` is the last row of the previous page."""

    keyset: ClassVar[Keyset] = Keyset("created_at", descending=True)

    limit: int
    after: Position | None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Parse `limit` (1 to 100, default 20) and `cursor`; raise 400 if invalid."""
        return cls(read_limit(query.get("limit", "")), _read_cursor(query.get("cursor", "")))

    def fetch_page(self, rows: QuerySet[Row]) -> Page[Row]:
        """Read the page in one query."""
        found, has_more = self.keyset.fetch(rows, after=self.after, size=self.limit)
        cursor = _cursor(self.keyset.position_of(found[-1])) if has_more else None
        return Page(found, cursor)


class OldestFirst(NewestFirst):
    """Pages by (created_at, id), oldest first."""

    keyset = Keyset("created_at")


def _cursor(position: Position) -> str:
    created_at, row_id = position
    return encode_cursor(f"{created_at.isoformat()}|{row_id}")


def _read_cursor(cursor: str) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    try:
        text, _, row_id = decode_cursor(cursor).partition("|")
        at = parse_timestamp(text)
        if not is_id(row_id):
            raise ValueError("no row id")
    except ValueError:
        raise bad_request("cursor is not valid", code=INVALID_CURSOR, field="cursor") from None
    return at, row_id


def read_limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        message = f"limit must be a number from 1 to {MAX_LIMIT}"
        raise bad_request(message, code=INVALID_PARAMETER, field="limit")
    return int(text)
