"""Charts by day: geometry, completeness and text alternatives."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from config.pages.charts import DailyChart, Series, Unit
from config.pages.charts.drawing import draw
from config.pages.charts.geometry import (
    BAND,
    Scale,
    bands,
    bars_before,
    labels,
    nice_ticks,
    scale_of,
    separators,
    stack,
)

CALLS = Unit("call", "calls")
POINTS = Unit("point", "points", 100)
START = date(2026, 11, 1)


def chart_of(*values: list[int], before: list[int] | None = None, unit: Unit = CALLS) -> DailyChart:
    """Build a chart with series "A", "B", …, given one list of amounts each."""
    number = len(values[0])
    days = tuple(START + timedelta(days=n) for n in range(number))
    earlier = tuple(day - timedelta(days=number) for day in days)[: len(before or ())]
    series = tuple(
        Series(chr(65 + n), tuple(amounts), f"{n + 1}") for n, amounts in enumerate(values)
    )
    return DailyChart("calls", "Calls by day", unit, days, series, tuple(before or ()), earlier)


def svg_of(chart: DailyChart) -> ElementTree.Element:
    page = render_to_string("charts/daily.html", {"drawing": draw(chart)})
    found = re.search(r'<svg class="chart-plot".*</svg>', page, re.DOTALL)
    assert found
    return ElementTree.fromstring(found.group())


amounts = st.integers(0, 10**9)


@st.composite
def charts(draw_from: st.DrawFn) -> DailyChart:
    days = draw_from(st.integers(1, 92))
    kinds = draw_from(st.integers(1, 7))
    one = st.lists(amounts, min_size=days, max_size=days)
    values = [draw_from(one) for _ in range(kinds)]
    return chart_of(*values, before=draw_from(st.one_of(st.none(), one)))


@given(st.integers(0, 10**15))
def test_ticks_are_even_round_few_and_reach_the_largest_amount(largest: Any) -> None:
    ticks = nice_ticks(largest)
    step = ticks[1]
    assert ticks == tuple(range(0, step * len(ticks), step))
    assert 2 <= len(ticks) <= 6
    assert f"{step}".rstrip("0") in {"1", "2", "5"}
    assert ticks[-2] < max(largest, 1) <= ticks[-1]


@given(charts())
def test_every_bar_stays_within_its_day_and_its_box(chart: Any) -> None:
    scale = scale_of(chart, 176)
    for bar in [*(bar for bars in stack(chart, scale) for bar in bars), *bars_before(chart, scale)]:
        assert bar.x % BAND + bar.width <= BAND
        assert bar.x + bar.width <= bands(chart) * BAND
        assert bar.y >= -1e-6
        assert bar.y + bar.height <= 176 + 1e-6


@given(charts())
def test_the_bars_of_a_day_are_together_as_high_as_its_total_and_do_not_overlap(chart: Any) -> None:
    scale = scale_of(chart, 176)
    stacked = stack(chart, scale)
    for at, total in enumerate(chart.totals):
        column = [bar for bars in stacked for bar in bars if int(bar.x // BAND) == at]
        assert sum(bar.height for bar in column) == pytest.approx(scale.length(total))
        for below, above in pairwise(column):
            assert above.y + above.height == pytest.approx(below.y)


@given(charts())
def test_the_drawing_has_the_totals_of_the_chart(chart: Any) -> None:
    drawing = draw(chart)
    assert [shape.total for shape in drawing.shapes] == [f"{s.total:,}" for s in chart.series]
    assert sum(int(row.total.replace(",", "")) for row in drawing.rows) == chart.total


@given(st.integers(1, 92))
def test_labels_do_not_overlap_and_are_fewer_on_narrow_screens(days: Any) -> None:
    found = labels(chart_of([1] * days))
    assert len(found) <= 8
    assert sum(label.always for label in found) <= 4
    assert found[0].text == "1 Nov"
    assert found[0].always


def test_a_chart_without_calls_has_an_axis_to_draw_and_no_bars() -> None:
    chart = chart_of([0, 0, 0])
    assert chart.is_empty
    assert scale_of(chart, 176).ticks == (0, 1)
    assert stack(chart, scale_of(chart, 176)) == [[]]


def test_an_empty_chart_shows_a_message() -> None:
    page = render_to_string("charts/daily.html", {"drawing": draw(chart_of([0, 0]))})
    assert "No data for this period." in page
    assert "<svg" not in page


def test_a_few_days_are_not_drawn_as_wide_as_the_card() -> None:
    assert bands(chart_of([5])) == 7


def test_high_bars_are_separated_by_a_line() -> None:
    chart = chart_of([50, 50, 0], [50, 1, 50])
    bars = list(separators(stack(chart, Scale((0, 100), 100))))
    assert [bar.x // BAND for bar in bars] == [0]


def test_the_image_has_a_text_alternative() -> None:
    svg = svg_of(chart_of([100, 300, 10], [0, 11, 0], before=[5, 5, 5]))
    assert svg.get("role") == "img"
    title = svg.find("title")
    assert title is not None
    assert svg.get("aria-labelledby") == title.get("id")
    assert title.text == "Calls by day, 1–3 Nov 2026: 421 calls, peak on 2 Nov (311)."


def test_each_day_has_a_tooltip() -> None:
    svg = svg_of(chart_of([100, 300], [0, 11], before=[5, 6]))
    days = [title.text for title in svg.iterfind("svg/rect/title")]
    assert days == [
        "1 Nov: 100 calls\nA: 100\nPrevious period, 30 Oct: 5",
        "2 Nov: 311 calls\nB: 11\nA: 300\nPrevious period, 31 Oct: 6",
    ]


def test_a_chart_has_a_table_with_all_amounts() -> None:
    chart = chart_of([1000, 2], [0, 3], before=[7])
    page = render_to_string("charts/daily.html", {"drawing": draw(chart)})
    table = ElementTree.fromstring(page[page.index("<table") : page.index("</table>") + 8])
    heads = [cell.text for cell in table.iterfind("thead/tr/th")]
    rows = [[cell.text for cell in row] for row in table.iterfind("tbody/tr")]
    assert heads == ["Day (UTC)", "A", "B", "Total", "Previous period"]
    assert rows == [["1 Nov", "1,000", "0", "1,000", "7"], ["2 Nov", "2", "3", "5", "–"]]


def test_a_chart_has_no_inline_styles() -> None:
    page = render_to_string("charts/daily.html", {"drawing": draw(chart_of([1], [2], before=[3]))})
    assert not re.search(r"style=|<style|<script|\son\w+=|data:", page)


def test_names_of_series_are_escaped() -> None:
    chart = DailyChart(
        "x", "X", CALLS, (START,), (Series("<b>", (1,), "1"), Series("c", (1,), "2"))
    )
    page = render_to_string("charts/daily.html", {"drawing": draw(chart)})
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def colours(name: str) -> dict[str, tuple[str, str]]:
    """Each token of a stylesheet with its light and its dark value."""
    css = (Path(settings.BASE_DIR) / "static/css" / name).read_text()
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    return {token: (light, dark) for token, light, dark in re.findall(pattern, css)}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_series_have_distinct_colours_with_a_contrast_of_three_to_one(
    scheme: int,
) -> None:
    surface = luminance(colours("tokens.css")["surface"][scheme])
    kinds = {name: pair[scheme] for name, pair in colours("charts.css").items()}
    assert len(kinds) == 10
    for name, colour in kinds.items():
        lighter, darker = sorted((surface, luminance(colour)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, name
    assert all(one != other for one, other in combinations(kinds.values(), 2))
