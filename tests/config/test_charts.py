"""Charts by day: geometry, completeness and text alternatives."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from config.pages.charts import Chart, Series, Slot, Unit, day_slots, describe_days
from config.pages.charts.drawing import STRIP, draw, draw_sparkline
from config.pages.charts.geometry import (
    BAND,
    Scale,
    bands,
    labels,
    nice_ticks,
    scale_of,
    separators,
    stack,
)
from config.pages.charts.text import read_slots

CALLS = Unit("call", "calls")

POINTS = Unit("point", "points", 100)

START = date(2026, 11, 1)


def chart_of(*values: list[int], before: list[int] | None = None, unit: Unit = CALLS) -> Chart:
    """Build a chart with series "A", "B", …, given one list of amounts each."""
    number = len(values[0])
    days = tuple(START + timedelta(days=n) for n in range(number))
    earlier = tuple(day - timedelta(days=number) for day in days)[: len(before or ())]
    series = tuple(
        Series(chr(65 + n), tuple(amounts), f"{n + 1}") for n, amounts in enumerate(values)
    )
    return Chart(
        *("calls", "Calls by day", unit, describe_days(days), day_slots(days), series),
        before=tuple(before or ()),
        slots_before=day_slots(earlier),
    )


def page_of(chart: Chart) -> str:
    return render_to_string("charts/chart.html", {"drawing": draw(chart)})


amounts = st.integers(0, 10**9)


@st.composite
def charts(draw_from: st.DrawFn) -> Chart:
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
    assert 2 <= len(ticks) <= 4
    assert f"{step}".rstrip("0") in {"1", "2", "5"}
    assert ticks[-2] < max(largest, 1) <= ticks[-1]


@given(charts())
def test_every_bar_stays_within_its_day_and_its_box(chart: Any) -> None:
    scale = scale_of(chart, 176)
    for bar in (bar for bars in stack(chart, scale) for bar in bars):
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
    assert [shape.total for shape in drawing.shapes] == [
        CALLS.number(s.total) for s in chart.series
    ]
    assert sum(int(row.total.replace(",", "")) for row in drawing.rows) == chart.total


@pytest.mark.parametrize(
    ("days", "shown"),
    [(1, ["1 Nov"]), (7, ["1 Nov", "4 Nov", "7 Nov"]), (30, ["1 Nov", "16 Nov", "30 Nov"])],
)
def test_the_axis_names_the_first_the_middle_and_the_last_day(days: int, shown: list[str]) -> None:
    assert [label.text for label in labels(chart_of([1] * days))] == shown


def test_a_chart_without_calls_has_an_axis_to_draw_and_no_bars() -> None:
    chart = chart_of([0, 0, 0])
    assert chart.is_empty
    assert scale_of(chart, 176).ticks == (0, 1)
    assert stack(chart, scale_of(chart, 176)) == [[]]


def test_an_empty_chart_shows_a_message() -> None:
    page = render_to_string("charts/chart.html", {"drawing": draw(chart_of([0, 0]))})
    assert "No data for this period." in page
    assert "<svg" not in page


def test_a_few_days_are_not_drawn_as_wide_as_the_card() -> None:
    assert bands(chart_of([5])) == 7


def test_high_bars_are_separated_by_a_line() -> None:
    chart = chart_of([50, 50, 0], [50, 1, 50])
    bars = list(separators(stack(chart, Scale((0, 100), 100))))
    assert [bar.x // BAND for bar in bars] == [0]


def test_the_columns_are_one_group_of_options_named_by_what_they_show() -> None:
    page = page_of(chart_of([100, 300], [0, 11], before=[5, 6]))
    summary = "Calls by day, 1–2 Nov 2026: 411 calls, peak on 2 Nov (311)."
    assert f'role="radiogroup" aria-label="{summary}"' in page
    options = re.findall(r"<label[^>]*>(.*?)</label>", page)
    assert [" ".join(re.sub(r"<[^>]+>", " ", option).split()) for option in options] == [
        "411 calls 1–2 Nov 2026",
        "Sun 1 Nov · 100 calls · A 100 · 5 on 30 Oct",
        "Mon 2 Nov · 311 calls · A 300 · B 11 · 6 on 31 Oct",
    ]
    assert page.count('type="radio"') == 3
    assert page.count(" checked") == 1


def test_outcomes_are_read_after_the_total() -> None:
    amounts = {"volume": 208, "refused": 3, "failed": 1}
    series = tuple(Series(style.title(), (amount,), style) for style, amount in amounts.items())
    chart = Chart("x", "X", CALLS, "1 Nov", day_slots([START]), series)
    assert next(read_slots(chart)) == "212 calls · 3 refused · 1 failed"


def test_slots_with_addresses_are_links() -> None:
    slot = Slot("10:00", "10:00", "?since=10&until=11")
    chart = Chart("x", "X", CALLS, "today", (slot,), (Series("A", (1,), "volume"),))
    page = render_to_string("charts/plot.html", {"drawing": draw(chart, STRIP)})
    assert 'href="?since=10&amp;until=11"' in page
    assert "radio" not in page


def test_a_sparkline_ends_at_the_last_amount_and_says_what_it_shows() -> None:
    line = draw_sparkline(chart_of([0, 10, 10]))
    assert line.finding == "Calls by day, 1–3 Nov 2026: 20 calls, peak on 2 Nov (10)."
    assert line.path == "M3.0 21.0L40.0 3.0L77.0 3.0"
    assert line.end == 3
    assert draw_sparkline(chart_of([0])).is_empty


def test_a_chart_has_a_table_with_all_amounts() -> None:
    chart = chart_of([1000, 2], [0, 3], before=[7])
    page = render_to_string("charts/chart.html", {"drawing": draw(chart)})
    table = ElementTree.fromstring(page[page.index("<table") : page.index("</table>") + 8])
    heads = [cell.text for cell in table.iterfind("thead/tr/th")]
    rows = [[cell.text for cell in row] for row in table.iterfind("tbody/tr")]
    assert heads == ["Day", "A", "B", "Total", "Previous period"]
    assert rows == [["Sun 1 Nov", "1,000", "0", "1,000", "7"], ["Mon 2 Nov", "2", "3", "5", "–"]]


def test_a_chart_has_no_inline_styles() -> None:
    page = render_to_string("charts/chart.html", {"drawing": draw(chart_of([1], [2], before=[3]))})
    assert not re.search(r"style=|<style|<script|\son\w+=|data:", page)


def test_names_of_series_are_escaped() -> None:
    series = (Series("<b>", (1,), "1"), Series("c", (1,), "2"))
    chart = Chart("x", "X", CALLS, "1 Nov", day_slots([START]), series)
    page = render_to_string("charts/chart.html", {"drawing": draw(chart)})
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
