"""The workers hear at once of what they can send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from integrations.models import WebhookDelivery, WebhookReceiver
from integrations.services.endpoints import (
    EndpointChange,
    change_endpoint,
    set_default_endpoint,
)
from integrations.services.receivers import resend_missed
from integrations.services.resending import resend_delivery, resend_failed
from integrations.services.sample_events import send_test_event
from integrations.services.webhooks import CHANNEL, add_default_event
from tests.integrations.outbox import NOWHERE, SECRET, add
from tests.integrations.pages import EVENT


def announce_to_default(failed: WebhookDelivery) -> None:
    set_default_endpoint(
        partner_id=failed.partner_id, url=NOWHERE, secret="", event_types=[EVENT], actor="t"
    )
    with transaction.atomic():
        add_default_event(partner_id=failed.partner_id, stream="other", payload={"event": EVENT})


Act = Callable[[WebhookDelivery], object]
ACTS: dict[str, Act] = {
    "an event": lambda failed: add(failed.endpoint, "other", "a"),
    "an event of the company": announce_to_default,
    "a test event": lambda failed: send_test_event(
        partner_id=failed.partner_id, url=NOWHERE, secret=SECRET, event_type=EVENT, actor="t"
    ),
    "one again": lambda failed: resend_delivery(delivery=failed, actor="t"),
    "all again": lambda failed: resend_failed(
        partner=failed.partner, deliveries=WebhookDelivery.objects.all(), actor="t"
    ),
    "what a receiver missed": lambda failed: resend_missed(
        partner_id=failed.partner_id, receiver=WebhookReceiver.objects.get(), actor="t"
    ),
    "what waits for a change": lambda failed: change_endpoint(
        endpoint=failed.endpoint, change=EndpointChange(url=f"{NOWHERE}/new"), actor="t"
    ),
}


@pytest.fixture
def listener(live_db: None) -> Iterator[Any]:
    other = connection.copy()
    other.ensure_connection()
    other.connection.execute(f"LISTEN {CHANNEL}")
    yield other.connection
    other.close()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_change_notifies_the_workers(failed: WebhookDelivery, listener: Any, act: Act) -> None:
    list(listener.notifies(timeout=0))
    act(failed)
    assert list(listener.notifies(timeout=60, stop_after=1))
