"""Template tags for charts by day."""

from __future__ import annotations

from django import template

from config.pages.charts import DailyChart
from config.pages.charts.drawing import SPARK_HEIGHT, Drawing, draw

register = template.Library()


@register.inclusion_tag("charts/daily.html")
def daily_chart(chart: DailyChart) -> dict[str, Drawing]:
    """Render a card with heading, legend, bars, axes and a table."""
    return {"drawing": draw(chart)}


@register.inclusion_tag("charts/sparkline.html")
def sparkline(chart: DailyChart) -> dict[str, Drawing]:
    """Render the bars alone, and a table."""
    return {"drawing": draw(chart, SPARK_HEIGHT, has_axis=False)}
