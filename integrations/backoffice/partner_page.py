"""The section of webhooks on the partner's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from config.admin.partner_page import (
    MOST_ROWS,
    Cell,
    Table,
    link,
    list_of,
    partner_section,
    when,
)
from integrations.models import WebhookDelivery

_RECENT = timedelta(days=7)
_TONES = {"delivered": "good", "pending": "warn", "failed": "bad"}


@partner_section(
    title="Webhooks",
    permission="integrations.view_webhookdelivery",
    place=60,
    template="admin/integrations/partner_webhooks.html",
)
def show_webhooks(request: HttpRequest, partner: Any) -> dict[str, Any]:
    deliveries = WebhookDelivery.objects.of(partner.pk)
    newest = deliveries.select_related("endpoint").order_by("-created_at", "-id")[:MOST_ROWS]
    rows = [
        (
            link(request, each.event, each),
            each.endpoint.host,
            Cell(each.get_state_display(), tone=_TONES.get(each.state, "quiet")),
            f"{each.attempts_made}",
            when(each.created_at),
        )
        for each in newest
    ]
    return {
        "health": deliveries.read_health(timezone.now() - _RECENT),
        "table": Table(("Event", "Receiver", "Status", "Attempts", "Created"), rows),
        "address": list_of(WebhookDelivery, partner),
    }
