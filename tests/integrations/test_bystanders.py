"""A change of one endpoint leaves the others, and what waits for them, as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import (
    EndpointChange,
    change_endpoint,
    change_receiver,
    remove_default_endpoint,
    retire_previous_secret,
    set_default_endpoint,
)
from integrations.services.receivers import disable_failing_receivers
from integrations.services.webhooks import claim_deliveries
from tests.factories import Keys
from tests.integrations.outbox import NOWHERE, SECRET, add, endpoint_of, finish
from tests.integrations.pages import EVENT
from tests.rows import count_changed

DEFAULT = f"{NOWHERE}/default"
NEW = EndpointChange(url=f"{NOWHERE}/new")
#: An endpoint, and its event that waits for a retry.
SENT_AGAIN = {"integrations_webhookendpoint": 1, "integrations_webhookdelivery": 1}
MOVED = {**SENT_AGAIN, "integrations_webhookreceiver": 1}


@pytest.fixture
def endpoint(keys: Keys) -> WebhookEndpoint:
    """One of three of a partner; an event of each waits for a retry, and each has two secrets."""
    endpoint, other = endpoint_of(keys.partner), endpoint_of(keys.partner, f"{NOWHERE}/other")
    default = set_default_endpoint(
        partner_id=keys.partner.pk, url=DEFAULT, secret=SECRET, event_types=[], actor="t"
    )
    for number, each in enumerate((endpoint, other, default)):
        add(each, f"stream {number}", EVENT)
    for delivery in claim_deliveries(9):
        finish(delivery, 500)
    WebhookDelivery.objects.update(attempts_made=5)
    until = timezone.now() + timedelta(days=1)
    WebhookEndpoint.objects.update(previous_secret="x", previous_secret_until=until)
    return endpoint


def receiver_of(endpoint: WebhookEndpoint) -> WebhookReceiver:
    return WebhookReceiver.objects.get(url=endpoint.url)


def move_all(endpoint: WebhookEndpoint) -> None:
    change_receiver(receiver=receiver_of(endpoint), change=NEW, actor="t")


def move_one(endpoint: WebhookEndpoint) -> None:
    change_endpoint(endpoint=endpoint, change=NEW, actor="t")


def retire(endpoint: WebhookEndpoint) -> None:
    retire_previous_secret(receiver=receiver_of(endpoint), actor="t")


def remove_default(endpoint: WebhookEndpoint) -> None:
    remove_default_endpoint(partner_id=endpoint.partner_id, actor="t")


def disable(endpoint: WebhookEndpoint) -> None:
    long_ago = timezone.now() - timedelta(days=6)
    WebhookReceiver.objects.filter(pk=receiver_of(endpoint).pk).update(failing_since=long_ago)
    disable_failing_receivers()


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (move_all, MOVED),
        (move_one, MOVED),
        (retire, SENT_AGAIN),
        (remove_default, SENT_AGAIN),
        (disable, {"integrations_webhookreceiver": 1, "integrations_webhookdelivery": 1}),
    ],
)
def test_a_change_concerns_its_endpoint_alone(
    endpoint: WebhookEndpoint,
    change: Callable[[WebhookEndpoint], None],
    changed: dict[str, int],
) -> None:
    assert count_changed(lambda: change(endpoint)) == changed
