"""Template tags for charts."""

from __future__ import annotations

from typing import Any

from django import template

from config.pages.charts import Chart
from config.pages.charts.drawing import LARGE, SMALL, STRIP, draw, draw_sparkline

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
