"""Webhook deliveries in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Partner
from config.db.ids import new_id
from integrations.models import WebhookDelivery, WebhookEndpoint


def sent(partner: Partner, state: str, days_ago: float = 0, **fields: Any) -> None:
    endpoint = WebhookEndpoint.objects.create(partner=partner, url="https://a.test/", secret="")
    at = timezone.now() - timedelta(days=days_ago)
    WebhookDelivery.objects.create(
        partner=partner,
        endpoint=endpoint,
        stream=new_id(),
        position=0,
        event="deployment.progress",
        body=b"{}",
        state=state,
        created_at=at,
        ended_at=None if state == "pending" else at,
        **fields,
    )
