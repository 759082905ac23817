"""Outcomes of attempts, and cancelling."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReceiver,
)
from integrations.receiver_summaries import summarize
from integrations.services.resending import resend_delivery
from integrations.services.sample_events import send_test_event
from integrations.services.webhooks import (
    cancel_stream,
    claim_deliveries,
    finish_attempts,
)
from tests.integrations.outbox import (
    add,
    claim_one,
    finish,
    let_time_pass,
    outcome,
    the,
)


def test_an_attempt_is_stored_with_its_outcome(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    at = timezone.now()
    finish(claim_one(), 503, started_at=at, milliseconds=1234, response_body="later, नोवा \ufffd")

    kept = WebhookAttempt.objects.get()
    assert (kept.at, kept.status, kept.error) == (at, 503, "")
    assert (kept.milliseconds, kept.response_body) == (1234, "later, नोवा \ufffd")
    assert (kept.pk[:8], len(kept.pk)) == (event[:8], len(event))


def test_a_failure_is_retried_after_its_delay(endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [100, 1000]
    [event] = add(endpoint, "s", "a")
    for expected in (100, 1000):
        finish(claim_one(), None)
        due_at = the(event).due_at
        assert due_at
        wait = (due_at - timezone.now()).total_seconds()
        assert expected / 2 <= wait <= 1.1 * expected
        let_time_pass()
    finish(claim_one(), None)

    assert (the(event).state, the(event).attempts_made) == ("failed", 3)
    assert the(event).ended_at
    assert WebhookAttempt.objects.count() == 3


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_delivery(endpoint: WebhookEndpoint, status: int) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), status)

    assert (the(event).state, the(event).lease_until) == ("delivered", None)


@pytest.mark.parametrize("status", [None, 199, 300, 301, 304, 308, 400, 401, 404, 429, 500, 599])
def test_all_other_statuses_are_retried(endpoint: WebhookEndpoint, status: int | None) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), status)

    assert (the(event).state, the(event).lease_until) == ("pending", None)


def test_410_is_not_retried(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), 410)

    assert the(event).state == "failed"


def test_410_ends_the_waiting_and_the_later_events_of_its_receiver(
    endpoint: WebhookEndpoint,
) -> None:
    waiting = add(endpoint, "s", "a", "b", "c")
    finish(claim_one(), 410)
    [later] = add(endpoint, "s", "d")

    assert [the(event).state for event in (*waiting, later)] == 4 * ["failed"]
    assert all(the(event).ended_at for event in (*waiting, later))
    assert claim_deliveries(10) == []
    assert WebhookAttempt.objects.count() == 1


def test_410_disables_the_receiver_for_all_that_waits_for_its_url(
    endpoint: WebhookEndpoint,
) -> None:
    """Also one that a test event got: its endpoint is another one at the same URL."""
    waiting = add(endpoint, "s", "a")
    finish(claim_one(), 500)
    test = send_test_event(
        partner_id=endpoint.partner_id,
        url=endpoint.url,
        secret="",
        event_type="webhook.test",
        actor="user:ops",
    )
    finish(claim_one(), 410)

    receiver = WebhookReceiver.objects.get()
    [summary] = summarize(endpoint.partner_id, [receiver])
    assert (summary.status, summary.is_gone) == ("disabled", True)
    assert {the(event).state for event in (*waiting, test.id)} == {"failed"}
    [later] = add(endpoint, "s", "b")
    assert the(later).state == "failed"

    resend_delivery(delivery=the(test.id), actor="user:ops")
    finish(claim_one(), 200)

    assert summarize(endpoint.partner_id, [WebhookReceiver.objects.get()])[0].status == "active"
    [next_one] = add(endpoint, "s", "c")
    assert claim_one().id == next_one


def test_several_results_are_stored_in_one_statement(endpoint: WebhookEndpoint) -> None:
    for number in range(6):
        add(endpoint, f"s{number}", "a", "b")
    claimed = claim_deliveries(6)
    statuses = [200, 200, 200, 500, None, 410]

    with CaptureQueriesContext(connection) as queries:
        finish_attempts(
            (each, outcome(status)) for each, status in zip(claimed, statuses, strict=True)
        )

    assert len(queries) == 0, "it goes past Django's cursor, in one round trip"
    states = dict(WebhookDelivery.objects.filter(position=1).values_list("id", "state"))
    assert [states[each.id] for each in claimed] == [
        *3 * ["delivered"],
        *2 * ["pending"],
        "failed",
    ]
    second = WebhookDelivery.objects.filter(position=2)
    assert second.exclude(due_at=None).count() == 3
    assert second.filter(state="failed", stream=claimed[5].stream).exists()


def test_a_late_failure_does_not_affect_the_next_attempt(
    endpoint: WebhookEndpoint,
) -> None:
    [event] = add(endpoint, "s", "a")
    late = claim_one()
    let_time_pass()
    current = claim_one()

    finish(late, 500)

    assert the(event).lease_until == current.lease_until
    assert claim_deliveries(10) == []
    finish(current)
    assert the(event).state == "delivered"
    assert WebhookAttempt.objects.count() == 2


def test_a_late_success_counts(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    late = claim_one()
    let_time_pass()
    current = claim_one()

    finish(late, 200)
    finish(current, 500)

    assert the(event).state == "delivered"


def test_results_of_a_deleted_event_are_dropped(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "one", "a")
    [other] = add(endpoint, "two", "a")
    claimed = claim_deliveries(10)
    WebhookDelivery.objects.exclude(pk=other).delete()

    finish_attempts([(each, outcome()) for each in claimed])

    assert the(other).state == "delivered"
    assert WebhookAttempt.objects.count() == 1


def test_a_cancelled_stream_is_not_delivered(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a", "b", "c")
    add(endpoint, "other", "a")
    finish(claim_one_of("s"))

    with transaction.atomic():
        cancel_stream(partner_id=endpoint.partner_id, stream="s")

    states = WebhookDelivery.objects.filter(stream="s").order_by("position")
    assert [each.state for each in states] == ["delivered", "cancelled", "cancelled"]
    assert not any(each.stream == "s" for each in claim_deliveries(10))


def claim_one_of(stream: str) -> WebhookDelivery:
    return next(each for each in claim_deliveries(10) if each.stream == stream)


@pytest.mark.parametrize("status", [200, 500, 410])
def test_an_event_cancelled_during_an_attempt_stays_cancelled(
    endpoint: WebhookEndpoint, status: int
) -> None:
    [event] = add(endpoint, "s", "a")
    under_way = claim_one()
    with transaction.atomic():
        cancel_stream(partner_id=endpoint.partner_id, stream="s")

    finish(under_way, status)

    assert the(event).state == "cancelled"
    assert WebhookAttempt.objects.count() == 1
