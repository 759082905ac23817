"""Keys with a spend limit, and what they have spent."""

from __future__ import annotations

from accounts.models import ApiKey
from billing.spending import read_spend_limits
from tests.factories import Keys

FAST, THINKING = 800, 1_500


def limit(keys: Keys, day: int | None = None, month: int | None = None) -> ApiKey:
    key = keys.key("live")
    ApiKey.objects.filter(pk=key.pk).update(points_per_day=day, points_per_month=month)
    return key


def spent_of(keys: Keys) -> dict[str, int]:
    key = keys.key("live")
    return {each.period: each.spent for each in read_spend_limits(key.partner_id, key.pk)}


MODES = ("fast", "thinking")
