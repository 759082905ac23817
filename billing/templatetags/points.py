"""Points as people read them."""

from __future__ import annotations

from django import template

from billing.models import LedgerCheck
from billing.points import to_number

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Hundredths of a point, with the thousands set apart: 2499275 → "24,992.75"."""
    return f"{to_number(hundredths):,}"


@register.simple_tag
def last_ledger_check() -> LedgerCheck | None:
    """What `check_ledger` found the last time; None before its first run."""
    return LedgerCheck.objects.first()
