"""Days and ages in templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone

from config.pages.charts import describe_day
from config.pages.times import format_day, short_age, utc_time

register = template.Library()


@register.filter
def day(value: date) -> str:
    """ "12 Dec"; the year if it is not this one."""
    is_this_year = value.year == timezone.localdate().year
    return describe_day(value) if is_this_year else format_day(value)


@register.filter
def day_as(value: date, style: str) -> str:
    """Return what the filter `date` does, for a page with hundreds of days."""
    return format_day(value, style)


register.filter(utc_time)


@register.filter
def ago(at: datetime) -> str:
    """ "5 min ago", "3 h ago"; from a day on, the day."""
    age = timezone.now() - at
    return day(timezone.localtime(at).date()) if age >= timedelta(days=1) else short_age(age)
