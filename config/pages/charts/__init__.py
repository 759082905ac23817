"""Charts by day, drawn as SVG on the server: data, geometry and text."""

from config.pages.charts.model import DailyChart, Series, Unit, combine_smallest
from config.pages.charts.text import describe_change, describe_days

__all__ = [
    "DailyChart",
    "Series",
    "Unit",
    "combine_smallest",
    "describe_change",
    "describe_days",
]
