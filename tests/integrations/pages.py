"""Helpers for tests of the webhook pages."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.models import WebhookDelivery
from integrations.services.webhooks import claim_deliveries
from tests.integrations.outbox import give_up, the

LIST = "/dashboard/webhooks/"
RESEND = f"{LIST}resend/"
DEBUGGER = f"{LIST}signatures/"
STREAM = "5" * 24
EVENT = "website.building"


def fail(delivery_id: str) -> WebhookDelivery:
    [claimed] = [each for each in claim_deliveries(99) if each.pk == delivery_id]
    give_up(claimed, response_body="no more <please>")
    return the(delivery_id)


def page(visitor: Client, path: str, **query: str) -> str:
    response = visitor.get(path, query)
    assert response.status_code == 200
    return str(response.content.decode())


def text(visitor: Client, path: str, **query: str) -> str:
    return html.unescape(page(visitor, path, **query))


def queries(get: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert get().status_code == 200
    return len(captured)


def turns(*deliveries: str) -> list[tuple[str, bool]]:
    """Return each delivery's state, and whether it is due."""
    rows = [the(delivery_id) for delivery_id in deliveries]
    return [(row.state, row.state == "pending" and row.due_at is not None) for row in rows]
