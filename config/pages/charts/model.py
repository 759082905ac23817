"""The data of a chart: stacked series with one amount per day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from config.pages.grouping import group_digits


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted; `scale` stored parts make one, such as 100 for hundredths."""

    one: str
    many: str
    scale: int = 1

    def number(self, amount: int) -> str:
        """ "1,234"; with a scale of 100, for points, also "1,23,456.5", never "1,23,456.50"."""
        if self.scale == 1:
            return f"{amount:,}"
        whole, rest = divmod(amount, self.scale)
        decimals = f"{rest / self.scale:g}".removeprefix("0") if rest else ""
        return f"{group_digits(whole)}{decimals}"

    def phrase(self, amount: int) -> str:
        """ "1 call", "1,234 calls"."""
        return f"{self.number(amount)} {self.one if amount == self.scale else self.many}"


@dataclass(frozen=True, slots=True)
class Series:
    """One amount for each day of the chart, none below zero.

    `style` is the suffix of the class "series-…", whose colour the stylesheet sets.
    """

    name: str
    values: tuple[int, ...]
    style: str

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class DailyChart:
    """Series stacked in the given order, the first at the bottom.

    `before` holds the daily totals of the previous period, `before_days`, drawn behind `days` one
    by one; either period may be longer. `name` is unique on its page.
    """

    name: str
    title: str
    unit: Unit
    days: tuple[date, ...]
    series: tuple[Series, ...]
    before: tuple[int, ...] = ()
    before_days: tuple[date, ...] = ()

    @cached_property
    def totals(self) -> tuple[int, ...]:
        columns = zip(*(series.values for series in self.series), strict=True)
        return tuple(sum(column) for column in columns) or (0,) * len(self.days)

    @cached_property
    def total(self) -> int:
        return sum(self.totals)

    @property
    def total_before(self) -> int:
        return sum(self.before)

    @property
    def is_empty(self) -> bool:
        return not (self.total or self.total_before)


def combine_smallest(series: Sequence[Series], most: int, name: str) -> tuple[Series, ...]:
    """Keep the `most` largest, styled "1" to "6" by rank, and combine the rest as `name`."""
    ranked = sorted(series, key=lambda one: -one.total)
    kept = [Series(one.name, one.values, f"{n}") for n, one in enumerate(ranked[:most], start=1)]
    if rest := ranked[most:]:
        columns = zip(*(one.values for one in rest), strict=True)
        kept.append(Series(name, tuple(sum(column) for column in columns), "other"))
    return tuple(kept)
