"""Keyset pagination: any page is found by index, and new rows do not shift others."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])
#: Position of a row in an order: its sort field and its primary key.
Position = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order by `field`, which must not be NULL, and then by primary key."""

    field: str
    descending: bool = False

    @classmethod
    def parse(cls, name: str) -> Self:
        """Parse a name as in `order_by`."""
        return cls(name.removeprefix("-"), name.startswith("-"))

    def reversed(self) -> Keyset:
        return Keyset(self.field, not self.descending)

    def fetch(
        self, rows: QuerySet[Row], *, after: Position | None, size: int
    ) -> tuple[list[Row], bool]:
        """Read up to `size` rows, and whether there are more, in one query."""
        found = list(self.sort(rows, after=after)[: size + 1])
        return found[:size], len(found) > size

    def sort(self, rows: Rows, *, after: Position | None = None) -> Rows:
        """Order `rows` and skip those up to and including the position `after`."""
        sign = "-" if self.descending else ""
        if after:
            rows = rows.filter(self._is_after(after))
        return rows.order_by(f"{sign}{self.field}", f"{sign}pk")

    def position_of(self, row: Model) -> Position:
        value: Any = row
        for part in self.field.split("__"):
            value = getattr(value, part)
        return value, row.pk

    def _is_after(self, position: Position) -> Q:
        value, pk = position
        step = "lt" if self.descending else "gt"
        # Redundant, but lets PostgreSQL start the index scan at the right place.
        return Q(**{f"{self.field}__{step}e": value}) & (
            Q(**{f"{self.field}__{step}": value}) | Q(**{f"pk__{step}": pk})
        )


def encode_cursor(text: str) -> str:
    """Encode a position for URLs."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Raise `ValueError`."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
