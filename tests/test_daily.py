"""Of tests with many parameters, the daily tests try six; `--all` tries all."""

from __future__ import annotations

from typing import Any

from tests.daily import MOST_PARAMETERS, thin_out


class Item:
    """As much of a test as its name."""

    def __init__(self, name: str) -> None:
        self.nodeid = f"tests/test_a.py::{name}"


def items(name: str, count: int) -> list[Any]:
    return [Item(f"{name}[{number}]") for number in range(count)]


def test_few_parameters_are_all_tried() -> None:
    few = [Item("test_alone"), *items("test_few", MOST_PARAMETERS)]
    assert thin_out(few) == few


def test_of_many_parameters_some_are_tried_by_each_test_others() -> None:
    tried = [thin_out(items(f"test_{name}", 100)) for name in "abcdefghi"]
    assert {len(each) for each in tried} <= {MOST_PARAMETERS - 1, MOST_PARAMETERS}
    numbers = {item.nodeid.partition("[")[2] for each in tried for item in each}
    assert len(numbers) > 4 * MOST_PARAMETERS


def test_the_order_stays() -> None:
    mixed = [
        item for pair in zip(items("test_a", 50), items("test_b", 50), strict=True) for item in pair
    ]
    kept = thin_out(mixed)
    assert kept == sorted(kept, key=mixed.index)
