"""Template tags for the spend limits of a key."""

from __future__ import annotations

from django import template

from accounts.models import ApiKey
from billing.spending import SpendLimit, read_spend_limits

register = template.Library()


@register.simple_tag
def spend_limits(key: ApiKey) -> list[SpendLimit]:
    """Return the limits of a key with what is spent of them, the shortest period first."""
    if key.points_per_day is None and key.points_per_month is None:
        return []
    return read_spend_limits(key.partner_id, key.pk)[::-1]
