"""Template tags for points."""

from __future__ import annotations

from django import template

from billing.ledger_state import LedgerState, read_ledger_state
from billing.money_to_review import MoneyToReview, read_money_to_review
from billing.points import to_number

register = template.Library()


@register.filter
def points(hundredths: int) -> str:
    """Format hundredths of a point: 2499275 → "24,992.75"."""
    return f"{to_number(hundredths):,}"


@register.simple_tag
def ledger_state() -> LedgerState:
    return read_ledger_state()


@register.simple_tag
def money_to_review() -> MoneyToReview:
    return read_money_to_review()
