"""Charts of days as SVG that the server draws: what they show, where it stands, what it says."""

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
