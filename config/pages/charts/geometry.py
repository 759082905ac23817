"""Where the parts of a chart stand.

Across, a chart is as wide as its place on the page: what has a shape is drawn `BAND` units wide
for each day and stretched, and text, which must not be, stands at percentages. Down, a unit is a
pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.pages.charts.model import DailyChart
from config.pages.charts.text import describe_day

BAND = 10
#: Where in its band a day's bar begins and how wide it is: alone, beside that of the period before,
#: and, where there are too many days for two, in front of it.
_ALONE = (1, 8)
_BESIDE = (3, 6.5)
_IN_FRONT = (2, 6)
_BEFORE = (0.5, 2)
_BEHIND = (0, BAND)
_MANY_DAYS = 45
#: Fewer days than these are not drawn wider: a lone bar over the whole card tells nothing.
_FEWEST_BANDS = 7
_MOST_TICKS = 5
_MOST_LABELS = 8
_MOST_LABELS_NARROW = 4
_STRIDES = (1, 2, 5, 7, 10, 14, 15, 30)
#: Two series of a bar are separated by a line if both are at least this high.
_SEAM_FROM = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A box of one day and one kind, its `y` the upper edge."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text under a band; one that is not `always` shown is left out where it is narrow."""

    x: float
    text: str
    always: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts from 0 to the last tick on `height` pixels."""

    ticks: tuple[int, ...]
    height: int

    def y(self, amount: int) -> float:
        return self.height - self.length(amount)

    def length(self, amount: int) -> float:
        return amount * self.height / self.ticks[-1]


def nice_ticks(largest: int, most: int = _MOST_TICKS) -> tuple[int, ...]:
    """Even steps of 1, 2 or 5 times a power of ten, from 0 to `largest` or just above it.

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
    """One that holds the chart's days and those before them; without an axis no more than that."""
    largest = max((*chart.totals, *chart.before, 1))
    return Scale(nice_ticks(largest) if has_axis else (0, largest), height)


def bands(chart: DailyChart) -> int:
    """How many days the chart has room for."""
    return max(len(chart.days), _FEWEST_BANDS)


def stack(chart: DailyChart, scale: Scale) -> list[list[Bar]]:
    """For each kind its bars, one for each day on which it is not zero."""
    below = [0] * len(chart.days)
    start, width = _place(chart)
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


def _place(chart: DailyChart) -> tuple[float, float]:
    if not chart.total_before:
        return _ALONE
    return _IN_FRONT if len(chart.days) > _MANY_DAYS else _BESIDE


def seams(stacked: Sequence[Sequence[Bar]]) -> Iterator[Bar]:
    """The bars whose lower edge wants a line, for another kind lies below."""
    highest: dict[float, Bar] = {}
    for bars in stacked:
        for bar in bars:
            below = highest.get(bar.x)
            if below and min(below.height, bar.height) >= _SEAM_FROM:
                yield bar
            highest[bar.x] = bar


def bars_before(chart: DailyChart, scale: Scale) -> list[Bar]:
    """The totals of the period before, as many as there are bands."""
    start, width = _BEHIND if len(chart.days) > _MANY_DAYS else _BEFORE
    return [
        Bar(day * BAND + start, scale.y(amount), width, scale.length(amount))
        for day, amount in enumerate(chart.before[: bands(chart)])
        if amount
    ]


def labels(chart: DailyChart) -> list[Label]:
    """Days to write under the bars: few enough not to touch, and fewer where it is narrow."""
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
    """The bars as one path."""
    return "".join(
        f"M{bar.x:g} {bar.y:.2f}h{bar.width:g}v{bar.height:.2f}h-{bar.width:g}z" for bar in bars
    )


def edges(bars: Sequence[Bar]) -> str:
    """The lower edges of the bars as one path."""
    return "".join(f"M{bar.x:g} {bar.y + bar.height:.2f}h{bar.width:g}" for bar in bars)
