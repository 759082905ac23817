"""Days and ages in templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone

from config.pages.charts import describe_day

register = template.Library()


@register.filter
def day(value: date) -> str:
    """ "12 Dec"; the year if it is not this one."""
    text = describe_day(value)
    return text if value.year == timezone.localdate().year else f"{text} {value.year}"


@register.filter
def ago(at: datetime) -> str:
    """ "5 min ago", "3 h ago"; from a day on, the day."""
    age = timezone.now() - at
    if age >= timedelta(days=1):
        return day(timezone.localtime(at).date())
    minutes = age // timedelta(minutes=1)
    return f"{minutes // 60} h ago" if minutes >= 60 else f"{minutes} min ago"
