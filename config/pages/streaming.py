"""Rows of any number, read in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

from config.db.keyset import Keyset, Position
from config.db.replica import reading_from_replica
from config.db.statements import release_connection

Row = TypeVar("Row", bound=Model)
_CHUNK = 2000


def read_in_chunks(rows: QuerySet[Row], keyset: Keyset) -> Iterator[Row]:
    """Yield all rows in the order of `keyset`, which an index should support.

    Neither a transaction nor a pooled connection is held while a slow client reads.
    """
    after: Position | None = None
    has_more = True
    while has_more:
        with reading_from_replica():
            chunk, has_more = keyset.fetch(rows, after=after, size=_CHUNK)
        release_connection()
        # The log may be in another database.
        if not connections[rows.db].in_atomic_block:
            connections[rows.db].close()
        yield from chunk
        after = keyset.position_of(chunk[-1]) if chunk else None
