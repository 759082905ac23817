"""Webhooks that fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from config.admin.attention import attention_rows
from config.db.clock import database_now
from config.db.ids import first_id
from integrations.models import WebhookDelivery

#: Events are given up after a day of attempts; older failures are no news.
_RECENT = timedelta(days=7)


@attention_rows(
    WebhookDelivery,
    one="webhook receiver failing",
    many="webhook receivers failing",
    count_by="endpoint",
    permission="integrations.view_webhookdelivery",
)
def failing_receivers() -> QuerySet[Any]:
    """Count the receivers of events that were given up in the last week."""
    failed = WebhookDelivery.objects.of_live().failed()
    return failed.filter(pk__gte=first_id(database_now() - _RECENT))
