"""Geometry of charts.

Horizontally, a chart fills its container: shapes are drawn `BAND` units wide per slot and
stretched; text, which must not be stretched, is positioned in percent. Vertically, a unit is a
pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config.pages.charts.model import Chart

BAND = 10
#: Few bars leave room between them; many fill their bands and are parted by lines of two pixels,
#: which stay two pixels however far a chart is stretched.
_FEW = 14
_WIDTH_OF_FEW = 6
#: A chart has at least as many bands: a single bar across the whole card would be useless.
_FEWEST_BANDS = 7
#: So that there are at most four grid lines.
_MOST_STEPS = 3
#: Two series of a bar are separated by a line if both are at least this high.
_SEPARATOR_FROM = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A box for one slot and series; `y` is its upper edge."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text below the bars; `anchor` is how it stands to `x`."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts from 0 to the last tick, on `height` pixels."""

    ticks: tuple[int, ...]
    height: int

    def y(self, amount: int) -> float:
        return self.height - self.length(amount)

    def length(self, amount: int) -> float:
        return amount * self.height / self.ticks[-1]


def nice_ticks(largest: int, most: int = _MOST_STEPS) -> tuple[int, ...]:
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


def scale_of(chart: Chart, height: int, *, has_axis: bool = True) -> Scale:
    """Return a scale for both periods; without an axis, it ends at the largest amount."""
    largest = max((*chart.totals, *chart.before, 1))
    return Scale(nice_ticks(largest) if has_axis else (0, largest), height)


def bands(chart: Chart) -> int:
    """Return the number of slots that the chart has room for."""
    return max(len(chart.slots), _FEWEST_BANDS)


def stack(chart: Chart, scale: Scale) -> list[list[Bar]]:
    """Return the bars of each series, one for each slot in which it is not zero."""
    below = [0] * len(chart.slots)
    width = _WIDTH_OF_FEW if bands(chart) <= _FEW else BAND
    start = (BAND - width) / 2
    stacked = []
    for series in chart.series:
        bars = []
        for at, amount in enumerate(series.values):
            below[at] += amount
            if amount:
                bars.append(Bar(at * BAND + start, scale.y(below[at]), width, scale.length(amount)))
        stacked.append(bars)
    return stacked


def gaps(chart: Chart, scale: Scale) -> str:
    """Return a line from the ground between every two bars, as high as the higher one."""
    if bands(chart) <= _FEW:
        return ""
    heights = [0, *(scale.length(total) for total in chart.totals), 0]
    pairs = enumerate(pairwise(heights))
    return "".join(
        f"M{at * BAND} {scale.height}v-{max(pair):.1f}" for at, pair in pairs if max(pair)
    )


def separators(stacked: Sequence[Sequence[Bar]]) -> Iterator[Bar]:
    """Yield the bars that need a line at their lower edge, above another series."""
    highest: dict[float, Bar] = {}
    for bars in stacked:
        for bar in bars:
            below = highest.get(bar.x)
            if below and min(below.height, bar.height) >= _SEPARATOR_FROM:
                yield bar
            highest[bar.x] = bar


def line(amounts: Sequence[int], scale: Scale, width: int = BAND) -> str:
    """Return a line through the middles of the bands."""
    points = (f"{width * (at + 0.5):g} {scale.y(amount):.1f}" for at, amount in enumerate(amounts))
    return f"M{'L'.join(points)}" if amounts else ""


def labels(chart: Chart) -> list[Label]:
    """Label the first, the middle and the last slot, or the first alone if there are few."""
    number, room = len(chart.slots), bands(chart)
    if number < room:
        return [Label(0, chart.slots[0].label, "start")]
    middle = number // 2
    return [
        Label(0, chart.slots[0].label, "start"),
        Label(100 * (middle + 0.5) / number, chart.slots[middle].label, "middle"),
        Label(100, chart.slots[-1].label, "end"),
    ]


def rectangles(bars: Sequence[Bar]) -> str:
    """Return the bars as one path."""
    return "".join(
        f"M{bar.x:g} {bar.y:.1f}h{bar.width:g}v{bar.height:.1f}h-{bar.width:g}z" for bar in bars
    )


def edges(bars: Sequence[Bar]) -> str:
    """Return the lower edges of the bars as one path."""
    return "".join(f"M{bar.x:g} {bar.y + bar.height:.1f}h{bar.width:g}" for bar in bars)
