"""Template tags for charts."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from config.pages.charts import Chart
from config.pages.charts.drawing import LARGE, SMALL, STRIP, Drawing, draw, draw_sparkline

register = template.Library()

_READOUT = '<span class="chart-readout"><strong>{}</strong> · {}</span>'
_LINK = f'<a class="chart-column" href="{{}}">{_READOUT}</a>'
_BUTTON = (
    '<label class="chart-column"><input tabindex="-1" type="radio" name="{}-slot">'
    f"{_READOUT}</label>"
)


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


# What a page has hundreds of is not left to a template, which takes several times as long.
@register.filter
def chart_columns(drawing: Drawing) -> SafeString:
    """Return the area of each slot with its readout: a link, or a radio button of the chart."""
    if drawing.has_links:
        links = ((each.slot.address, each.slot.name, each.text) for each in drawing.columns)
        return format_html_join("", _LINK, links)
    name = drawing.chart.name
    return format_html_join(
        "", _BUTTON, ((name, each.slot.name, each.text) for each in drawing.columns)
    )


@register.filter
def chart_rows(drawing: Drawing) -> SafeString:
    """Return the rows of the table; series and former period have columns where there are any."""
    parts, before = len(drawing.shapes) > 1, bool(drawing.chart.slots_before)
    rows = (
        (row.name, _cells((*row.amounts * parts, row.total, *(row.before,) * before)))
        for row in drawing.rows
    )
    return format_html_join("\n", '<tr><th scope="row">{}</th>{}</tr>', rows)


def _cells(texts: tuple[str, ...]) -> SafeString:
    return format_html_join("", '<td class="number">{}</td>', ((text,) for text in texts))
