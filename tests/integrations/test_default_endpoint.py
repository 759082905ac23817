"""The default endpoint gets copies of chosen events of all shops."""

from __future__ import annotations

import pytest

from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import remove_default_endpoint, set_default_endpoint
from integrations.services.webhooks import claim_deliveries
from tests.factories import Keys
from tests.integrations.outbox import (
    NOWHERE,
    add,
    finish,
    give_up,
)

STREAM = "5" * 24
URL = "http://127.0.0.1:9/all"


@pytest.fixture
def default(keys: Keys) -> WebhookEndpoint:
    return set_default(keys, URL, ["website.created", "deployment.success"])


def set_default(keys: Keys, url: str, events: list[str]) -> WebhookEndpoint:
    return set_default_endpoint(
        partner_id=keys.partner.id, url=url, secret="s", event_types=events, actor="a"
    )


def sent_to(endpoint: WebhookEndpoint) -> list[str]:
    rows = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("position")
    return list(rows.values_list("event", flat=True))


def test_it_gets_the_events_it_takes(endpoint: WebhookEndpoint, default: WebhookEndpoint) -> None:
    events = ["website.building", "website.created", "deployment.success"]

    add(endpoint, STREAM, *events)

    assert sent_to(endpoint) == events
    assert sent_to(default) == events[1:]


def test_both_get_their_events_in_order_and_wait_for_no_other(
    endpoint: WebhookEndpoint, default: WebhookEndpoint
) -> None:
    add(endpoint, STREAM, "website.created", "deployment.success")
    claimed = {each.endpoint_id: each for each in claim_deliveries(9)}
    assert {each.event for each in claimed.values()} == {"website.created"}

    finish(claimed[default.pk])
    [second] = claim_deliveries(9)
    assert (second.endpoint_id, second.event) == (default.pk, "deployment.success")

    give_up(claimed[endpoint.pk], 410)
    assert set(
        WebhookDelivery.objects.filter(endpoint=endpoint).values_list("state", flat=True)
    ) == {"failed"}
    finish(second)
    assert WebhookDelivery.objects.filter(endpoint=default, state="delivered").count() == 2


def test_no_event_goes_to_one_url_twice(keys: Keys, endpoint: WebhookEndpoint) -> None:
    default = set_default(keys, NOWHERE, ["website.created"])

    add(endpoint, STREAM, "website.created")

    assert sent_to(default) == []


def test_a_removed_one_gets_nothing_more(
    keys: Keys, endpoint: WebhookEndpoint, default: WebhookEndpoint
) -> None:
    add(endpoint, STREAM, "website.created")

    remove_default_endpoint(partner_id=keys.partner.id, actor="a")
    add(endpoint, STREAM, "deployment.success")

    assert sent_to(default) == ["website.created"]
    assert WebhookDelivery.objects.get(endpoint=default).state == "cancelled"
    assert set_default(keys, URL, ["website.created"]).pk != default.pk
