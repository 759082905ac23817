"""Helpers for tests of the outbox."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Partner
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import (
    Outcome,
    add_event,
    claim_deliveries,
    finish_attempts,
)

SECRET = "whsec_your_secret_here"
#: Nothing listens there.
NOWHERE = "http://127.0.0.1:9/hook"


def endpoint_of(partner: Partner, url: str = NOWHERE, secret: str = SECRET) -> WebhookEndpoint:
    return add_endpoint(partner_id=partner.id, url=url, secret=secret)


def add(endpoint: WebhookEndpoint, stream: str, *events: str, **members: str) -> list[str]:
    """Add events to a stream and return their ids."""
    for event in events:
        with transaction.atomic():
            add_event(endpoint=endpoint, stream=stream, payload={"event": event, **members})
    rows = WebhookDelivery.objects.filter(stream=stream).order_by("-position")
    return list(rows.values_list("id", flat=True))[: len(events)][::-1]


def outcome(status: int | None = 200, **fields: Any) -> Outcome:
    """Return the outcome of an attempt; None as status stands for no response."""
    values = {
        "started_at": timezone.now(),
        "status": status,
        "error": "" if status else "the server took too long",
        "milliseconds": 1,
        "response_body": "",
    }
    return Outcome(**{**values, **fields})


def let_time_pass(**fields: Any) -> None:
    """Make everything due that waits for a time or for the end of a lease."""
    past = timezone.now() - timedelta(seconds=1)
    WebhookDelivery.objects.exclude(due_at=None).update(due_at=past)
    WebhookDelivery.objects.exclude(lease_until=None).update(lease_until=past)


def the(delivery_id: str) -> WebhookDelivery:
    return WebhookDelivery.objects.get(pk=delivery_id)


def claim_one() -> WebhookDelivery:
    [delivery] = claim_deliveries(10)
    return delivery


def finish(delivery: WebhookDelivery, status: int | None = 200, **fields: Any) -> None:
    finish_attempts([(delivery, outcome(status, **fields))])


def give_up(delivery: WebhookDelivery, status: int = 500, **fields: Any) -> None:
    """End the last attempt of its schedule."""
    with override_settings(WEBHOOK_RETRY_SECONDS=[]):
        finish(delivery, status, **fields)


def states() -> set[str]:
    return set(WebhookDelivery.objects.values_list("state", flat=True))


def all_delivered() -> bool:
    return states() == {"delivered"}


def hang(connection: socket.socket) -> None:
    """Read everything and never respond."""
    while connection.recv(65_536):
        pass
