"""Webhooks that fail."""

from __future__ import annotations

from datetime import timedelta

from config.admin.attention import attention_count, count_some
from config.db.clock import database_now
from config.db.ids import first_id
from integrations.models import WebhookDelivery

#: Events are given up after a day of attempts; older failures are no news.
_RECENT = timedelta(days=7)


@attention_count(
    one="webhook receiver failing",
    many="webhook receivers failing",
    url_name="admin:integrations_webhookdelivery_changelist",
    query="state__exact=failed",
    permission="integrations.view_webhookdelivery",
)
def failing_receivers() -> int:
    """Count the receivers of events that were given up in the last week."""
    failed = WebhookDelivery.objects.of_live().failed()
    recent = failed.filter(pk__gte=first_id(database_now() - _RECENT))
    return count_some(recent.values("endpoint").distinct())
