"""Statements of a month, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from billing.models import Statement
from billing.services import issue_statements
from tests.billing.chains import without_triggers

THIS_MONTH = (
    timezone.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
)

#: In the middle of the month before, and of the one before that.
LAST = THIS_MONTH - timedelta(days=15)

EARLIER = LAST.replace(day=1) - timedelta(days=15)


def move(entries: Any, at: datetime) -> None:
    """Set the time of entries, a second apart and in the same order."""
    with without_triggers() as cursor:
        for number, entry in enumerate(entries.order_by("created_at", "id")):
            cursor.execute(
                "UPDATE billing_ledgerentry SET created_at = %s WHERE id = %s",
                [at + timedelta(seconds=number), entry.pk],
            )


def issue() -> list[Statement]:
    issue_statements(seconds=60)
    return list(Statement.objects.order_by("month"))
