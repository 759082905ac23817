"""Resending webhooks from the dashboard."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services import resending as services
from integrations.services.resending import resend_failed
from integrations.services.webhooks import claim_deliveries
from tests.concurrency import run_concurrently
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import add, endpoint_of, finish, give_up, let_time_pass
from tests.integrations.pages import (
    EVENT,
    LIST,
    RESEND,
    STREAM,
    fail,
    page,
    turns,
)


def test_a_delivery_is_resent(visitor: Client, failed: WebhookDelivery) -> None:
    response = visitor.post(f"{LIST}{failed.pk}/resend/")

    assert response.headers["Location"] == f"{LIST}{failed.pk}/"
    assert turns(failed.pk) == [("pending", True)]
    entry = AuditEntry.objects.get(action="webhook.resent")
    assert entry.actor.startswith("person-")
    assert visitor.get(f"{LIST}{failed.pk}/resend/").status_code == 405


def test_a_cancelled_delivery_is_not_resent(visitor: Client, failed: WebhookDelivery) -> None:
    WebhookDelivery.objects.update(state="cancelled")

    assert "Resend" not in page(visitor, f"{LIST}{failed.pk}/")
    response = visitor.post(f"{LIST}{failed.pk}/resend/", follow=True)
    assert "The account was deleted" in response.content.decode()
    assert turns(failed.pk) == [("cancelled", False)]


def test_a_delivery_behind_others_cannot_be_sent(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    first, second = add(endpoint, STREAM, EVENT, EVENT)

    assert "Send now" in page(visitor, f"{LIST}{first}/")
    assert "Send now" not in page(visitor, f"{LIST}{second}/")


def test_all_failed_deliveries_are_resent_after_confirmation(
    visitor: Client, endpoint: WebhookEndpoint, failed: WebhookDelivery
) -> None:
    [other] = add(endpoint, "6" * 24, EVENT)
    fail(other)

    assert "Resend 2 events?" in page(visitor, RESEND)
    assert turns(failed.pk, other) == [("failed", False)] * 2
    response = visitor.post(RESEND, follow=True)
    assert "2 events queued for delivery" in response.content.decode()
    assert turns(failed.pk, other) == [("pending", True)] * 2
    entry = AuditEntry.objects.get(action="webhook.failed_resent")
    assert entry.detail == {"events": 2}


def test_resending_all_respects_the_filters(
    visitor: Client, keys: Keys, failed: WebhookDelivery
) -> None:
    [other] = add(endpoint_of(keys.partner, "https://other.example/x"), "6" * 24, EVENT)
    fail(other)

    response = visitor.post(f"{RESEND}?receiver=other.example&state=delivered")
    assert response.status_code == 302
    assert turns(failed.pk, other) == [("failed", False), ("pending", True)]


def test_resending_all_with_an_invalid_filter_sends_nothing(
    visitor: Client, failed: WebhookDelivery
) -> None:
    for query in ("delivery=x", "since=9999-99-99", "event=%00", "receiver=%00"):
        visitor.post(f"{RESEND}?{query}")

    assert turns(failed.pk) == [("failed", False)]


def test_events_of_a_stream_are_resent_in_order(keys: Keys, endpoint: WebhookEndpoint) -> None:
    ids = add(endpoint, STREAM, *[EVENT] * 4)
    for delivery_id in ids:
        fail(delivery_id)
    WebhookDelivery.objects.filter(pk=ids[1]).update(state="delivered")
    mine = WebhookDelivery.objects.of(keys.partner.id)

    assert resend_failed(partner=keys.partner, deliveries=mine, actor="a") == 3
    sent = []
    while claimed := claim_deliveries(9):
        [delivery] = claimed
        assert delivery.attempts_made == 1
        sent.append(delivery.pk)
        if len(sent) == 1:
            give_up(delivery)
        else:
            finish(delivery)
    assert sent == [ids[0], ids[2], ids[3]]


def test_a_resent_event_waits_for_a_pending_one_before_it(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    first, second = add(endpoint, STREAM, EVENT, EVENT)
    fail(first)
    fail(second)
    WebhookDelivery.objects.filter(pk=first).update(state="pending", ended_at=None)
    mine = WebhookDelivery.objects.of(keys.partner.id)

    assert resend_failed(partner=keys.partner, deliveries=mine, actor="a") == 1
    assert turns(first, second) == [("pending", True), ("pending", False)]
    let_time_pass()
    [delivery] = claim_deliveries(9)
    finish(delivery)
    assert turns(first, second) == [("delivered", False), ("pending", True)]


def test_a_concurrent_end_leaves_no_event_waiting(keys: Keys, endpoint: WebhookEndpoint) -> None:
    first, second = add(endpoint, STREAM, EVENT, EVENT)
    fail(first)
    fail(second)
    WebhookDelivery.objects.filter(pk=first).update(state="pending", ended_at=None)
    let_time_pass()
    [delivery] = claim_deliveries(9)
    is_written = threading.Event()

    def end() -> None:
        with transaction.atomic():
            finish(delivery)
            is_written.set()
            time.sleep(0.3)

    def send_again() -> None:
        is_written.wait()
        mine = WebhookDelivery.objects.of(keys.partner.id)
        resend_failed(partner=keys.partner, deliveries=mine, actor="a")

    run_concurrently(2, lambda number: (end, send_again)[number]())
    assert turns(first, second) == [("delivered", False), ("pending", True)]


def test_the_oldest_are_resent_up_to_the_limit(
    visitor: Client, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for number in range(3):
        ids += add(endpoint, f"{number:024}", EVENT)
        fail(ids[-1])
    long_ago = timezone.now() - timedelta(days=1)
    assert services.MAX_RESENT == 1000
    monkeypatch.setattr(services, "MAX_RESENT", 2)

    WebhookDelivery.objects.filter(pk=ids[2]).update(created_at=long_ago)

    visitor.post(RESEND)
    assert [state for state, _ in turns(*ids)] == ["pending", "failed", "pending"]


def test_events_of_other_partners_are_not_resent(visitor: Client, failed: WebhookDelivery) -> None:
    stranger = partner_with_keys(name="Stranger").partner
    WebhookDelivery.objects.update(partner=stranger)

    visitor.post(RESEND)
    every = WebhookDelivery.objects.all()
    resend_failed(partner=the_partner(visitor), deliveries=every, actor="a")
    assert turns(failed.pk) == [("failed", False)]


def the_partner(visitor: Client) -> Any:
    return visitor.get(LIST).context["partner"]


def test_without_failed_deliveries_there_is_nothing_to_confirm(visitor: Client) -> None:
    content = page(visitor, RESEND)

    assert "No failed events" in content
    assert ">Resend</button>" not in content
