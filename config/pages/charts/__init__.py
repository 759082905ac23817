"""Bar charts over time, drawn as SVG on the server: data, geometry and text."""

from config.pages.charts.days import day_slots, describe_day, describe_days, name_day
from config.pages.charts.model import OUTCOMES, Chart, Series, Slot, Unit, combine_smallest
from config.pages.charts.text import describe_change

__all__ = [
    "OUTCOMES",
    "Chart",
    "Series",
    "Slot",
    "Unit",
    "combine_smallest",
    "day_slots",
    "describe_change",
    "describe_day",
    "describe_days",
    "name_day",
]
