"""Template tags for points."""

from __future__ import annotations

from django import template

from billing.models import LedgerCheck
from billing.points import to_number

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Format hundredths of a point: 2499275 → "24,992.75"."""
    return f"{to_number(hundredths):,}"


@register.simple_tag
def last_ledger_check() -> LedgerCheck | None:
    """Return the last result of `check_ledger`, or None before its first run."""
    return LedgerCheck.objects.first()
