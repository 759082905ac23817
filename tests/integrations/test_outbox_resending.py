"""Resending events by hand."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import AuditEntry
from integrations.models import (
    WebhookDelivery,
    WebhookEndpoint,
)
from integrations.services.resending import DeliveryCancelled, resend_delivery
from integrations.services.webhooks import (
    cancel_stream,
    claim_deliveries,
)
from tests.integrations.outbox import (
    add,
    claim_one,
    finish,
    the,
)


def test_a_receiver_that_accepts_a_resent_event_gets_the_next_ones(
    endpoint: WebhookEndpoint,
) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), 410)
    resend_delivery(delivery=the(event), actor="user:ops")
    finish(claim_one(), 200)

    [later] = add(endpoint, "s", "b")

    assert claim_one().id == later


@pytest.mark.parametrize("status", [200, 410])
def test_an_event_can_be_resent_manually(endpoint: WebhookEndpoint, status: int) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), status)

    resend_delivery(delivery=the(event), actor="user:ops")

    again = claim_one()
    assert (again.id, again.attempts_made) == (event, 1)
    audit = AuditEntry.objects.get(action="webhook.resent")
    assert (audit.actor, audit.target) == ("user:ops", event)


def test_an_event_waiting_for_its_retry_can_be_sent_immediately(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    finish(claim_one(), 500)
    assert claim_deliveries(10) == []

    resend_delivery(delivery=WebhookDelivery.objects.get(), actor="user:ops")

    assert claim_one().attempts_made == 1


def test_an_event_in_progress_is_not_sent_concurrently(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    under_way = claim_one()

    resend_delivery(delivery=the(event), actor="user:ops")

    assert claim_deliveries(10) == []
    finish(under_way)
    assert the(event).state == "delivered"


def test_a_resent_event_keeps_its_position(
    endpoint: WebhookEndpoint,
) -> None:
    [first, second, third] = add(endpoint, "s", "a", "b", "c")
    finish(claim_one())
    finish(claim_one())
    resend_delivery(delivery=the(first), actor="user:ops")

    assert {each.id for each in claim_deliveries(10)} == {first, third}
    assert the(second).state == "delivered"


def test_an_event_of_a_deleted_account_cannot_be_resent(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    with transaction.atomic():
        cancel_stream(partner_id=endpoint.partner_id, stream="s")

    with pytest.raises(DeliveryCancelled):
        resend_delivery(delivery=the(event), actor="user:ops")
