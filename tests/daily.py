"""What the daily tests leave to `pytest --all`, where every value is tried everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar
from zlib import crc32

import pytest
from _pytest.mark import ParameterSet

Value = TypeVar("Value")


class Some(Protocol):
    """The fixture `some`."""

    def __call__(self, values: Sequence[Value], share: int) -> list[Value]: ...


def few_daily(values: Iterable[Any], count: int) -> list[Any]:
    """Mark all but `count` of a test's parameters, evenly spread, as slow."""
    every = list(values)
    daily = {place * len(every) // count for place in range(count)}
    return [value if place in daily else _slow(value) for place, value in enumerate(every)]


def _slow(value: Any) -> ParameterSet:
    if isinstance(value, ParameterSet):
        made = value
    else:
        made = pytest.param(*(value if isinstance(value, tuple) else (value,)))
    return made._replace(marks=[*made.marks, pytest.mark.slow])


def share_for(test: str, values: Sequence[Value], share: int) -> list[Value]:
    """Return one in `share` of the values; the name of the test decides which.

    So tests of many pages or routes try every value between them.
    """
    return list(values[crc32(test.encode()) % min(share, len(values)) :: share])
