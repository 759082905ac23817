"""Everything that the templates of a chart print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext

from config.pages.charts import geometry, text
from config.pages.charts.model import OUTCOMES, Chart, Series, Slot, Unit

#: A sparkline: a line through the totals, its end marked.
SPARK_WIDTH, SPARK_HEIGHT = 80, 24
_SPARK_MARGIN = 3


class Size(NamedTuple):
    """`name` is the suffix of the class "chart-…"; `height` is that of the bars in pixels, as the
    stylesheet sets it for the axis."""

    name: str
    height: int
    has_axis: bool = True


LARGE = Size("large", 184)
SMALL = Size("small", 136)
STRIP = Size("strip", 48, has_axis=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """The bars of one series."""

    series: Series
    path: str
    total: str


@dataclass(frozen=True, slots=True)
class Column:
    """The area of one slot, with its readout."""

    slot: Slot
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The same slot in the table."""

    name: str
    amounts: tuple[str, ...]
    total: str
    before: str


@dataclass(frozen=True, slots=True)
class Drawing:
    chart: Chart
    size: Size
    finding: str
    comparison: str
    total: str
    width: int
    has_links: bool
    ticks: tuple[tuple[float, str], ...]
    shapes: tuple[Shape, ...]
    gaps: str
    separators: str
    before: str
    before_total: str
    labels: tuple[geometry.Label, ...]
    columns: tuple[Column, ...]
    free: range

    @property
    def rows(self) -> Iterator[Row]:
        """Yield what the table shows; a strip has none."""
        number, chart = self.chart.unit.number, self.chart
        for at, slot in enumerate(chart.slots):
            yield Row(
                name=slot.name,
                amounts=tuple(number(series.values[at]) for series in chart.series),
                total=number(chart.totals[at]),
                before=number(chart.before[at]) if at < len(chart.before) else "–",
            )


@dataclass(frozen=True, slots=True)
class Sparkline:
    finding: str
    width: int
    height: int
    path: str
    errors: str
    end: float
    is_empty: bool


def draw(chart: Chart, size: Size = LARGE) -> Drawing:
    scale = geometry.scale_of(chart, size.height, has_axis=size.has_axis)
    stacked = geometry.stack(chart, scale)
    room = geometry.bands(chart)
    return Drawing(
        chart=chart,
        size=size,
        finding=text.describe_chart(chart),
        comparison=text.describe_comparison(chart),
        total=chart.unit.phrase(chart.total),
        width=room * geometry.BAND,
        has_links=any(slot.address for slot in chart.slots),
        ticks=tuple((scale.y(tick), short_number(chart.unit, tick)) for tick in scale.ticks),
        shapes=tuple(_shapes(chart, stacked)),
        gaps=geometry.gaps(chart, scale),
        separators=geometry.edges(list(geometry.separators(stacked))),
        before=geometry.line(chart.before[:room], scale) if chart.total_before else "",
        before_total=chart.unit.number(chart.total_before),
        labels=tuple(geometry.labels(chart)),
        columns=tuple(map(Column, chart.slots, text.read_slots(chart))),
        free=range(room - len(chart.slots)),
    )


def draw_sparkline(chart: Chart) -> Sparkline:
    """Draw the total, and below it the errors if there are any."""
    scale = geometry.scale_of(chart, SPARK_HEIGHT - 2 * _SPARK_MARGIN, has_axis=False)
    bad = [series.values for series in chart.series if series.style in OUTCOMES]
    errors = [sum(values) for values in zip(*bad, strict=True)]
    return Sparkline(
        finding=text.describe_chart(chart),
        width=SPARK_WIDTH,
        height=SPARK_HEIGHT,
        path=_spark_path(chart.totals, scale),
        errors=_spark_path(errors, scale) if any(errors) else "",
        end=_SPARK_MARGIN + scale.y(chart.totals[-1]),
        is_empty=not chart.total,
    )


def _spark_path(amounts: Sequence[int], scale: geometry.Scale) -> str:
    step = (SPARK_WIDTH - 2 * _SPARK_MARGIN) / max(len(amounts) - 1, 1)
    points = (
        f"{_SPARK_MARGIN + at * step:.1f} {_SPARK_MARGIN + scale.y(amount):.1f}"
        for at, amount in enumerate(amounts)
    )
    return f"M{'L'.join(points)}"


def short_number(unit: Unit, tick: int) -> str:
    """Format for the axis: "2,500", "25k", "5 lakh", "2 crore"."""
    amount = tick / unit.scale
    if amount >= 10_000_000:
        return gettext("%(number)s crore") % {"number": f"{amount / 10_000_000:g}"}
    if amount >= 100_000:
        return gettext("%(number)s lakh") % {"number": f"{amount / 100_000:g}"}
    if amount >= 10_000:
        # Translators: thousands, as short as "25k" is, on the axis of a chart
        return gettext("%(number)sk") % {"number": f"{amount / 1000:g}"}
    return unit.number(tick)


def _shapes(chart: Chart, stacked: list[list[geometry.Bar]]) -> Iterator[Shape]:
    for series, bars in zip(chart.series, stacked, strict=True):
        yield Shape(series, geometry.rectangles(bars), chart.unit.number(series.total))
