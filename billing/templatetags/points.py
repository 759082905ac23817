"""Template tags for points."""

from __future__ import annotations

from django import template

from billing.points import to_number

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Format hundredths of a point: 2499275 → "24,992.75"."""
    return f"{to_number(hundredths):,}"
