"""Lists by cursor: a page is found by index however deep it lies, and new rows shift nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from django.db.models import Model, Q, QuerySet

from config.api.errors import bad_request
from config.api.timestamps import parse_timestamp
from config.db.ids import is_id

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
    """Pages by (created_at, id), newest first; `after` is the last row of the page before."""

    limit: int
    after: tuple[datetime, str] | None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From `limit` (1 to 100, else 20) and `cursor`; raises 400."""
        return cls(read_limit(query.get("limit", "")), _read_cursor(query.get("cursor", "")))

    def page_of(self, rows: QuerySet[Row]) -> Page[Row]:
        """One query."""
        if self.after:
            moment, row_id = self.after
            # The first condition alone lets PostgreSQL start the index scan at the right place.
            rows = rows.filter(
                Q(created_at__lte=moment) & (Q(created_at__lt=moment) | Q(id__lt=row_id))
            )
        found = list(rows.order_by("-created_at", "-id")[: self.limit + 1])
        is_last = len(found) <= self.limit
        return Page(found[: self.limit], None if is_last else _cursor(found[self.limit - 1]))


def _cursor(row: Any) -> str:
    text = f"{row.created_at.isoformat()}|{row.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, str] | None:
    if not text:
        return None
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        moment, _, row_id = decoded.partition("|")
        when = parse_timestamp(moment)
        if not is_id(row_id):
            raise ValueError("no row id")
    except ValueError:
        raise bad_request("cursor is not valid", field="cursor") from None
    return when, row_id


def read_limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise bad_request(f"limit must be a number from 1 to {MAX_LIMIT}", field="limit")
    return int(text)
