"""The rows of `benchmarks.growth`."""

from __future__ import annotations

from itertools import pairwise

import pytest

from accounts.jobs import REQUEST_LOG
from benchmarks.growth import grown
from benchmarks.growth_filling import Rows


@pytest.mark.parametrize(
    ("of", "lines", "operations"),
    [
        (None, 100_000_000, 20_000_000),
        ("lines", 100_000_000, 20_000),
        ("operations", 100_000, 20_000_000),
    ],
)
def test_what_is_not_chosen_stays_small(of: str | None, lines: int, operations: int) -> None:
    assert grown(1, of) == {"lines": lines, "operations": operations}


def test_no_share_is_smaller_than_the_small_database() -> None:
    assert grown(0.0001, None) == {"lines": 100_000, "operations": 20_000}


def test_each_row_is_in_the_partition_of_its_time() -> None:
    rows = Rows(REQUEST_LOG, 10_007, since=1_000.0, until=2_000.5)
    bounds = [900.0, 1_001.0, 1_333.0, 1_334.0, 2_100.0]

    leaves = [rows.between(f"from_{lower}", lower, upper) for lower, upper in pairwise(bounds)]

    numbers = [number for leaf in leaves for number in range(leaf.first, leaf.last + 1)]
    assert numbers == list(range(1, 10_008))
    for leaf, (lower, upper) in zip(leaves, pairwise(bounds), strict=True):
        assert max(lower, 1_000.0) == leaf.since
        assert leaf.since + (leaf.last - leaf.first) * leaf.step < min(upper, 2_000.5)


def test_a_partition_without_rows_of_these_times_stays_empty() -> None:
    rows = Rows(REQUEST_LOG, 1_000, since=1_000.0, until=2_000.0)

    for lower, upper in ((0.0, 900.0), (2_100.0, 3_000.0)):
        leaf = rows.between("beside", lower, upper)
        assert leaf.first > leaf.last
