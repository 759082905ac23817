"""The counts of a day add up call by call."""

from __future__ import annotations

from datetime import date

from django.db import connection

from billing.models import DailyUsage
from tests.factories import Keys

DAY = date(2026, 3, 1)


def count(keys: Keys, *numbers: int, action: str = "create", mode: str = "fast") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT billing_count_usage(%s, %s, %s, %s, %s, false, %s, %s, %s)",
            [keys.partner.pk, DAY, keys.key("live").pk, action, mode, *numbers],
        )


def test_numbers_add_up_by_day_key_action_and_mode(keys: Keys) -> None:
    count(keys, 1, 0, 700)
    count(keys, 1, 2, 25)
    count(keys, 0, 1, 0, mode="thinking")

    rows = DailyUsage.objects.of(keys.partner.pk).order_by("mode")
    assert list(rows.values_list("mode", "succeeded", "failed", "points")) == [
        ("fast", 2, 2, 725),
        ("thinking", 0, 1, 0),
    ]
