"""What the daily tests leave to `pytest --all`, where every value is tried everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar
from zlib import crc32

import pytest
from _pytest.mark import ParameterSet

Value = TypeVar("Value")
#: Parameters of one test that are tried daily, at most.
MOST_PARAMETERS = 6


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


def thin_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return them in their order, but of a test with many parameters six."""
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    kept: set[pytest.Item] = set()
    for name, variants in tests.items():
        kept.update(share_for(name, variants, -(-len(variants) // MOST_PARAMETERS)))
    return [item for item in items if item in kept]
