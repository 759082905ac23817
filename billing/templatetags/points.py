"""Template tags for points."""

from __future__ import annotations

from django import template

from billing.points import format_points

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Format hundredths of a point: 12499275 → "1,24,992.75"."""
    return format_points(hundredths)
