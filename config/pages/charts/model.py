"""The data of a chart: stacked series with one amount per day, hour or other slot of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from config.grouping import group_digits

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Styles whose colours mean an outcome, in every chart and badge, and nothing else.
OUTCOMES = ("refused", "failed")


def number_phrase() -> str:
    """Return how a number and what it counts are put together in the current language."""
    # Translators: such as "1,234 requests", "3 rejected"
    return gettext("%(number)s %(unit)s")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted; `scale` stored parts make one, such as 100 for hundredths."""

    one: StrOrPromise
    many: StrOrPromise
    scale: int = 1

    def number(self, amount: int) -> str:
        """ "1,23,456"; with a scale of 100, for points, also "1,23,456.5", never "1,23,456.50"."""
        whole, rest = divmod(amount, self.scale)
        decimals = f"{rest / self.scale:g}".removeprefix("0") if rest else ""
        return f"{group_digits(whole)}{decimals}"

    def phrase(self, amount: int, phrase: str = "") -> str:
        """ "1 call", "1,234 calls"; callers with many amounts pass `number_phrase()`."""
        return (phrase or number_phrase()) % {
            "number": self.number(amount),
            "unit": self.one if amount == self.scale else self.many,
        }


@dataclass(frozen=True, slots=True)
class Slot:
    """The time of one bar: "Tue 24 Nov", on the axis "24 Nov".

    With an `address`, the bar is a link to what it counts.
    """

    name: str
    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One amount for each slot of the chart, none below zero.

    `style` is the suffix of the class "series-…", whose colour the stylesheet sets: "volume", "1"
    to "4" for keys and kinds, or one of `OUTCOMES`.
    """

    name: StrOrPromise
    values: tuple[int, ...]
    style: str

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Chart:
    """Series stacked in the given order, the first at the bottom.

    `before` holds the totals of the previous period, `slots_before`, drawn as a line over `slots`
    one by one; either period may be longer. `span` is the period in words. `name` is unique on its
    page.
    """

    name: str
    title: StrOrPromise
    unit: Unit
    span: str
    slots: tuple[Slot, ...]
    series: tuple[Series, ...]
    before: tuple[int, ...] = ()
    slots_before: tuple[Slot, ...] = ()
    span_before: str = ""

    @cached_property
    def totals(self) -> tuple[int, ...]:
        columns = zip(*(series.values for series in self.series), strict=True)
        return tuple(sum(column) for column in columns) or (0,) * len(self.slots)

    @cached_property
    def total(self) -> int:
        return sum(self.totals)

    @property
    def errors(self) -> int:
        return sum(series.total for series in self.series if series.style in OUTCOMES)

    @property
    def error_percent(self) -> float:
        return 100 * self.errors / self.total if self.total else 0

    @property
    def total_before(self) -> int:
        return sum(self.before)

    @property
    def is_empty(self) -> bool:
        return not (self.total or self.total_before)


def combine_smallest(series: Sequence[Series], most: int, name: StrOrPromise) -> tuple[Series, ...]:
    """Keep the largest and combine the rest as `name`, so that there are at most `most`, styled
    "1", "2", … by rank."""
    ranked = sorted(series, key=lambda one: -one.total)
    if len(ranked) > most:
        columns = zip(*(one.values for one in ranked[most - 1 :]), strict=True)
        ranked[most - 1 :] = [Series(name, tuple(sum(column) for column in columns), "")]
    return tuple(Series(one.name, one.values, f"{n}") for n, one in enumerate(ranked, start=1))
