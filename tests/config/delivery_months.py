"""Webhook events of other months."""

from __future__ import annotations

from typing import Any

from config.db.ids import id_of
from integrations.models import WebhookDelivery, WebhookEndpoint
from tests.months import months_from_now


def event_of(
    endpoint: WebhookEndpoint, months: int, stream: str = "s", position: int = 1, **fields: Any
) -> WebhookDelivery:
    """An event of another month, which is due now."""
    at = months_from_now(months)
    values = {"event": "a", "body": b"{}", "created_at": at, "due_at": months_from_now(-1)}
    return WebhookDelivery.objects.create(
        id=id_of(at),
        partner=endpoint.partner,
        endpoint=endpoint,
        stream=stream,
        position=position,
        **{**values, **fields},
    )


def month(table: str, months: int) -> str:
    return f"{table}_{months_from_now(months):%Y_%m}"
