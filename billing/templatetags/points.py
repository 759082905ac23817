"""Template tags for points."""

from __future__ import annotations

from django import template

from billing.models import Charge
from billing.points import format_points

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Format hundredths of a point: 12499275 → "1,24,992.75"."""
    return format_points(hundredths)


@register.filter
def operation_title(row: Charge | None) -> str:
    """Return "Image create · fast" for what has an action and a mode; "" if it is archived."""
    if row is None:
        return ""
    return f"{row.get_action_display()} · {row.get_mode_display().lower()}"
