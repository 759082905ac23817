"""Everything that the template of a chart prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.pages.charts import geometry, text
from config.pages.charts.model import DailyChart, Series, Unit

HEIGHT = 176
SPARK_HEIGHT = 96


@dataclass(frozen=True, slots=True)
class Shape:
    """The bars of one series."""

    series: Series
    path: str
    total: str


@dataclass(frozen=True, slots=True)
class Column:
    """The area of one day, with its tooltip."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The same day in the table."""

    day: str
    amounts: tuple[str, ...]
    total: str
    before: str


@dataclass(frozen=True, slots=True)
class Drawing:
    chart: DailyChart
    finding: str
    comparison: str
    width: int
    height: int
    ticks: tuple[tuple[float, str], ...]
    shapes: tuple[Shape, ...]
    separators: str
    before: str
    before_total: str
    labels: tuple[geometry.Label, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def draw(chart: DailyChart, height: int = HEIGHT, *, has_axis: bool = True) -> Drawing:
    """`height` is that of the bars in pixels, without the labels below."""
    scale = geometry.scale_of(chart, height, has_axis=has_axis)
    stacked = geometry.stack(chart, scale)
    return Drawing(
        chart=chart,
        finding=text.describe_chart(chart),
        comparison=text.describe_comparison(chart),
        width=geometry.bands(chart) * geometry.BAND,
        height=height,
        ticks=tuple((scale.y(tick), short_number(chart.unit, tick)) for tick in scale.ticks),
        shapes=tuple(_shapes(chart, stacked)),
        separators=geometry.edges(list(geometry.separators(stacked))),
        before=geometry.rectangles(geometry.bars_before(chart, scale)),
        before_total=chart.unit.number(chart.total_before),
        labels=tuple(geometry.labels(chart)),
        columns=tuple(
            Column(day * geometry.BAND, text.describe_column(chart, day))
            for day in range(len(chart.days))
        ),
        rows=tuple(_rows(chart)),
    )


def short_number(unit: Unit, tick: int) -> str:
    """Format for the axis: "2,500", "25k", "1.5M"."""
    amount = tick / unit.scale
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if amount >= 10 * size or (amount >= size and letter == "M"):
            return f"{amount / size:g}{letter}"
    return unit.number(tick)


def _shapes(chart: DailyChart, stacked: list[list[geometry.Bar]]) -> Iterator[Shape]:
    for series, bars in zip(chart.series, stacked, strict=True):
        yield Shape(series, geometry.rectangles(bars), chart.unit.number(series.total))


def _rows(chart: DailyChart) -> Iterator[Row]:
    number = chart.unit.number
    for at, day in enumerate(chart.days):
        yield Row(
            day=text.describe_day(day),
            amounts=tuple(number(series.values[at]) for series in chart.series),
            total=number(chart.totals[at]),
            before=number(chart.before[at]) if at < len(chart.before) else "–",
        )
