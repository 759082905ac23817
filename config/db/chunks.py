"""Many values, a few hundred at a time: a statement names as many as that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

SIZE = 500


def in_chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, SIZE)):
        yield chunk
