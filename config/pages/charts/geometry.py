"""Geometry of charts.

Horizontally, a chart fills its container: shapes are drawn `BAND` units wide per day and stretched;
text, which must not be stretched, is positioned in percent. Vertically, a unit is a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.pages.charts.model import DailyChart
from config.pages.charts.text import describe_day

BAND = 10
#: Offset and width of a day's bar in its band: alone, beside that of the previous period, and, with
#: too many days for two bars, in front of it.
_ALONE = (1, 8)
_BESIDE = (3, 6.5)
_IN_FRONT = (2, 6)
_BEFORE = (0.5, 2)
_BEHIND = (0, BAND)
_MANY_DAYS = 45
#: A chart has at least as many bands: a single bar across the whole card would be useless.
_FEWEST_BANDS = 7
_MOST_TICKS = 5
_MOST_LABELS = 8
_MOST_LABELS_NARROW = 4
_STRIDES = (1, 2, 5, 7, 10, 14, 15, 30)
#: Two series of a bar are separated by a line if both are at least this high.
_SEAM_FROM = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A box for one day and series; `y` is its upper edge."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text below a band; unless `always` is set, it is hidden on narrow screens."""

    x: float
    text: str
    always: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts from 0 to the last tick, on `height` pixels."""

    ticks: tuple[int, ...]
    height: int

    def y(self, amount: int) -> float:
        return self.height - self.length(amount)

    def length(self, amount: int) -> float:
        return amount * self.height / self.ticks[-1]


def nice_ticks(largest: int, most: int = _MOST_TICKS) -> tuple[int, ...]:
    """Return even steps of 1, 2 or 5 times a power of ten, from 0 to `largest` or just above.

    There are at least two ticks and at most `most` steps.
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            steps = max(1, -(-largest // step))
            if steps <= most:
                return tuple(step * n for n in range(steps + 1))
        power *= 10


def scale_of(chart: DailyChart, height: int, *, has_axis: bool = True) -> Scale:
    """Return a scale for both periods; without an axis, it ends at the largest amount."""
    largest = max((*chart.totals, *chart.before, 1))
    return Scale(nice_ticks(largest) if has_axis else (0, largest), height)


def bands(chart: DailyChart) -> int:
    """Return the number of days that the chart has room for."""
    return max(len(chart.days), _FEWEST_BANDS)


def stack(chart: DailyChart, scale: Scale) -> list[list[Bar]]:
    """Return the bars of each series, one for each day on which it is not zero."""
    below = [0] * len(chart.days)
    start, width = _bar_position(chart)
    stacked = []
    for series in chart.series:
        bars = []
        for day, amount in enumerate(series.values):
            below[day] += amount
            if amount:
                x, y = day * BAND + start, scale.y(below[day])
                bars.append(Bar(x, y, width, scale.length(amount)))
        stacked.append(bars)
    return stacked


def _bar_position(chart: DailyChart) -> tuple[float, float]:
    if not chart.total_before:
        return _ALONE
    return _IN_FRONT if len(chart.days) > _MANY_DAYS else _BESIDE


def separators(stacked: Sequence[Sequence[Bar]]) -> Iterator[Bar]:
    """Yield the bars that need a line at their lower edge, above another series."""
    highest: dict[float, Bar] = {}
    for bars in stacked:
        for bar in bars:
            below = highest.get(bar.x)
            if below and min(below.height, bar.height) >= _SEAM_FROM:
                yield bar
            highest[bar.x] = bar


def bars_before(chart: DailyChart, scale: Scale) -> list[Bar]:
    """Return the totals of the previous period, at most one per band."""
    start, width = _BEHIND if len(chart.days) > _MANY_DAYS else _BEFORE
    return [
        Bar(day * BAND + start, scale.y(amount), width, scale.length(amount))
        for day, amount in enumerate(chart.before[: bands(chart)])
        if amount
    ]


def labels(chart: DailyChart) -> list[Label]:
    """Choose days to label: few enough not to overlap, and fewer on narrow screens."""
    number = bands(chart)
    wide = _stride(number, _MOST_LABELS)
    narrow = _stride(number, _MOST_LABELS_NARROW, multiple_of=wide)
    return [
        Label(100 * (n + 0.5) / number, describe_day(chart.days[n]), n % narrow == 0)
        for n in range(0, len(chart.days), wide)
    ]


def _stride(number: int, most: int, multiple_of: int = 1) -> int:
    fitting = (
        stride for stride in _STRIDES if stride % multiple_of == 0 and -(-number // stride) <= most
    )
    return next(fitting, -(-number // (most * multiple_of)) * multiple_of)


def rectangles(bars: Sequence[Bar]) -> str:
    """Return the bars as one path."""
    return "".join(
        f"M{bar.x:g} {bar.y:.2f}h{bar.width:g}v{bar.height:.2f}h-{bar.width:g}z" for bar in bars
    )


def edges(bars: Sequence[Bar]) -> str:
    """Return the lower edges of the bars as one path."""
    return "".join(f"M{bar.x:g} {bar.y + bar.height:.2f}h{bar.width:g}" for bar in bars)
