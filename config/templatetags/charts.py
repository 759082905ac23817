"""Template tags for charts."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString

from config.pages.charts import Chart
from config.pages.charts.drawing import LARGE, SMALL, STRIP, Column, Drawing, draw, draw_sparkline

register = template.Library()


@register.inclusion_tag("charts/card.html")
def chart_card(chart: Chart) -> dict[str, Any]:
    """Render a card with heading, readout, bars, axes and a table."""
    return {"drawing": draw(chart, LARGE)}


@register.inclusion_tag("charts/chart.html")
def small_chart(chart: Chart) -> dict[str, Any]:
    """Render readout, bars, axes and a table, for a card that has a heading of its own."""
    return {"drawing": draw(chart, SMALL)}


@register.inclusion_tag("charts/plot.html")
def chart_strip(chart: Chart) -> dict[str, Any]:
    """Render readout and low bars above a list of what they count; addresses of slots make them
    links."""
    return {"drawing": draw(chart, STRIP)}


@register.inclusion_tag("charts/sparkline.html")
def sparkline(chart: Chart) -> dict[str, Any]:
    """Render a line of 80 by 24 pixels with its end marked, for a row."""
    return {"drawing": draw_sparkline(chart)}


# What a page has hundreds of is not left to a template or to `format_html`, which take several
# times as long.
@register.filter
def chart_columns(drawing: Drawing) -> SafeString:
    """Return the area of each slot with its readout: a link, or a radio button of the chart."""
    draw_column = _link if drawing.has_links else _button
    return SafeString("".join(draw_column(drawing, each) for each in drawing.columns))


@register.filter
def chart_rows(drawing: Drawing) -> SafeString:
    """Return the rows of the table; series and former period have columns where there are any."""
    parts, before = len(drawing.shapes) > 1, bool(drawing.chart.slots_before)
    return SafeString(
        "\n".join(
            f'<tr><th scope="row">{escape(row.name)}</th>'
            f"{_cells(*row.amounts * parts, row.total, *(row.before,) * before)}</tr>"
            for row in drawing.rows
        )
    )


def _link(_: Drawing, column: Column) -> str:
    address = escape(column.slot.address)
    return f'<a class="chart-column" href="{address}">{_readout(column)}</a>'


def _button(drawing: Drawing, column: Column) -> str:
    name = escape(drawing.chart.name)
    button = f'<input tabindex="-1" type="radio" name="{name}-slot">'
    return f'<label class="chart-column">{button}{_readout(column)}</label>'


def _readout(column: Column) -> str:
    name, text = escape(column.slot.name), escape(column.text)
    return f'<span class="chart-readout"><strong>{name}</strong> · {text}</span>'


def _cells(*numbers: str) -> str:
    return "".join(f'<td class="number">{number}</td>' for number in numbers)
