"""Finders of webhook events and connections."""

from __future__ import annotations

from collections.abc import Iterable

from config.admin.finders import ID, Hit, finder, first_hits
from integrations.models import Connection, WebhookDelivery


@finder(kind="webhook event", form=ID, permission="integrations.view_webhookdelivery")
def delivery_by_id(term: str) -> Iterable[Hit]:
    events = WebhookDelivery.objects.of_live().filter(pk=term.lower()).select_related("partner")
    return first_hits(events, lambda row: f"{row.get_state_display()}, {row.partner}")


@finder(kind="connection", form=ID, permission="integrations.view_connection")
def connection_by_id(term: str) -> Iterable[Hit]:
    rows = Connection.objects.of_live().filter(pk=term.lower())
    return first_hits(rows.select_related("partner", "integration"), lambda row: row.partner)
