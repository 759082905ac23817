"""The balance as a bar over time: how long each bucket lasts at the current rate of use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from billing.balance import Balance
from billing.models import PointBucket
from billing.runway import Runway

#: Further buckets become one segment.
_MOST_SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """The share of one bucket, or of several: `x` and `width` are thousandths of the bar.

    `ends_on` is None if it is over a year away or cannot be told.
    """

    title: str
    points: int
    original: int
    tier: str
    x: float
    width: float
    style: int
    ends_on: date | None


def segments(balance: Balance, runway: Runway) -> list[Segment]:
    """Split the balance into buckets in the order of use."""
    return list(_segments(balance, runway))


def _segments(balance: Balance, runway: Runway) -> Iterator[Segment]:
    done, shown = 0, balance.open[: _MOST_SEGMENTS - (balance.open_count > _MOST_SEGMENTS)]
    for number, bucket in enumerate(shown, start=1):
        yield _segment(balance, runway, done, number, bucket)
        done += bucket.available
    if rest := balance.points - done:
        number = balance.open_count - len(shown)
        title = ngettext("%(number)s more bucket", "%(number)s more buckets", number)
        yield Segment(
            title=title % {"number": number},
            points=rest,
            original=0,
            tier="",
            x=1000 * done / balance.points,
            width=1000 * rest / balance.points,
            style=_MOST_SEGMENTS,
            ends_on=runway.ends_on,
        )


def _segment(
    balance: Balance, runway: Runway, done: int, number: int, bucket: PointBucket
) -> Segment:
    return Segment(
        title=bucket.label,
        points=bucket.available,
        original=bucket.original,
        tier=bucket.other_tier,
        x=1000 * done / balance.points,
        width=1000 * bucket.available / balance.points,
        style=number,
        ends_on=runway.day_after(done + bucket.available),
    )
