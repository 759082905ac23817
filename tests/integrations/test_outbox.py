"""Claiming, finishing, cancelling and resending events: the rows of the outbox."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import (
    DeliveryCancelled,
    add_event,
    cancel_stream,
    claim_deliveries,
    finish_attempts,
    has_due_deliveries,
    resend_delivery,
    seconds_until_next,
)
from tests.at_once import at_once
from tests.factories import Keys, PartnerFactory
from tests.integrations.outbox import SECRET, add, endpoint_of, let_time_pass, outcome


@pytest.fixture
def endpoint(keys: Keys) -> WebhookEndpoint:
    return endpoint_of(keys.partner)


def the(delivery_id: str) -> WebhookDelivery:
    return WebhookDelivery.objects.get(pk=delivery_id)


def claim_one() -> WebhookDelivery:
    [delivery] = claim_deliveries(10)
    return delivery


def finish(delivery: WebhookDelivery, status: int | None = 200, **fields: Any) -> None:
    finish_attempts([(delivery, outcome(status, **fields))])


def test_the_secret_is_encrypted_at_rest(endpoint: WebhookEndpoint) -> None:
    row = WebhookEndpoint.objects.values_list("secret", flat=True).get()

    assert SECRET not in row
    assert endpoint.unseal("secret") == SECRET


def test_an_event_exists_only_with_the_change_that_it_tells(endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        add_event(endpoint=endpoint, stream="s", payload={"event": "a"})
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()


def test_one_place_of_a_stream_holds_one_event(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    row = WebhookDelivery.objects.get()
    row.pk = "f" * 24

    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_a_claim_takes_the_first_of_each_stream(endpoint: WebhookEndpoint) -> None:
    [first, _] = add(endpoint, "one", "a", "b")
    [other] = add(endpoint, "two", "a")

    assert {delivery.id for delivery in claim_deliveries(10)} == {first, other}
    assert claim_deliveries(10) == []


@pytest.mark.parametrize("status", [200, 410])
def test_the_next_of_a_stream_is_due_when_the_one_before_has_ended(
    endpoint: WebhookEndpoint, status: int
) -> None:
    [first, second, third] = add(endpoint, "s", "a", "b", "c")
    finish(claim_one(), status)

    assert claim_one().id == second
    assert the(first).state == ("delivered" if status == 200 else "failed")
    assert the(third).due_at is None


def test_the_next_of_a_stream_waits_while_the_one_before_is_retried(
    endpoint: WebhookEndpoint,
) -> None:
    [first, second] = add(endpoint, "s", "a", "b")
    finish(claim_one(), 500)

    assert claim_deliveries(10) == []
    assert the(second).due_at is None
    let_time_pass()
    assert claim_one().id == first


def test_an_event_added_after_the_one_before_was_delivered_is_due_at_once(
    endpoint: WebhookEndpoint,
) -> None:
    add(endpoint, "s", "a")
    finish(claim_one())
    [second] = add(endpoint, "s", "b")

    assert claim_one().id == second


def test_an_event_added_while_the_one_before_ends_misses_no_turn(
    endpoint: WebhookEndpoint,
) -> None:
    """The end waits for the transaction that adds, and sees what it added."""
    add(endpoint, "s", "a")
    claimed = claim_one()
    ending = threading.Thread(target=lambda: (finish(claimed), connections.close_all()))

    with transaction.atomic():
        add_event(endpoint=endpoint, stream="s", payload={"event": "b"})
        ending.start()
        ending.join(0.2)
        assert ending.is_alive()
    ending.join()

    assert claim_one().event == "b"


def test_a_claim_counts_the_attempt_and_leases_the_event(
    endpoint: WebhookEndpoint, settings: Any
) -> None:
    settings.WEBHOOK_LEASE_SECONDS = 30
    add(endpoint, "s", "a")

    delivery = claim_one()

    assert delivery.attempts_made == 1
    assert delivery.lease_until == delivery.due_at
    assert 28 < (delivery.lease_until - timezone.now()).total_seconds() <= 30


def test_an_event_whose_worker_died_is_due_again_after_the_lease(
    endpoint: WebhookEndpoint,
) -> None:
    add(endpoint, "s", "a")
    claim_one()

    let_time_pass()

    assert claim_one().attempts_made == 2


def test_no_event_is_claimed_twice_at_once(endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.WEBHOOK_SLOTS_PER_PARTNER = 1000
    for number in range(60):
        add(endpoint, f"s{number}", "a")

    claimed = at_once(8, lambda _: [each.id for each in claim_deliveries(20)])

    ids = [each for ids in claimed for each in ids]
    assert len(ids) == len(set(ids))
    assert set(WebhookDelivery.objects.values_list("attempts_made", flat=True)) <= {0, 1}


def test_a_partner_gets_no_more_than_its_slots(keys: Keys, settings: Any) -> None:
    settings.WEBHOOK_SLOTS_PER_PARTNER = 3
    busy, other = endpoint_of(keys.partner), endpoint_of(PartnerFactory.create())
    for number in range(10):
        add(busy, f"busy{number}", "a")
    add(other, "other", "a")

    claimed = claim_deliveries(20)

    assert [each.partner_id for each in claimed].count(keys.partner.id) == 3
    assert len(claimed) == 4
    assert claim_deliveries(20) == []
    finish(next(each for each in claimed if each.partner_id == keys.partner.id))
    assert claim_one().partner_id == keys.partner.id


def test_the_oldest_events_are_claimed_first(endpoint: WebhookEndpoint) -> None:
    ids = [add(endpoint, f"s{number}", "a")[0] for number in range(6)]

    assert {each.id for each in claim_deliveries(2)} == set(ids[:2])


def test_a_claim_reads_little_however_much_waits(endpoint: WebhookEndpoint) -> None:
    """Of a dead receiver ten thousand events wait, and the others behind them in their streams."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_webhookdelivery (id, partner_id, endpoint_id, stream, position,
                event, body, state, attempts_made, due_at, created_at)
            SELECT lpad(to_hex(s * 2 + p), 24, '0'), %s, %s, s::text, p, 'a', '', 'pending', p,
                   CASE p WHEN 0 THEN now() - interval '1 s' END, now()
            FROM generate_series(1, 10000) s, generate_series(0, 1) p
            """,
            [endpoint.partner_id, endpoint.id],
        )
        cursor.execute("ANALYZE integrations_webhookdelivery")
        cursor.execute("SELECT pg_stat_force_next_flush()")
        before = _rows_read(cursor)
        claim_deliveries(8)
        cursor.execute("SELECT pg_stat_force_next_flush()")
        assert _rows_read(cursor) - before < 200


def _rows_read(cursor: Any) -> int:
    cursor.execute(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables"
        " WHERE relname = 'integrations_webhookdelivery'"
    )
    return int(cursor.fetchone()[0])


def test_an_attempt_is_kept_with_what_came_of_it(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    at = timezone.now()
    finish(claim_one(), 503, started_at=at, milliseconds=1234, answer="later, नोवा \ufffd")

    kept = WebhookAttempt.objects.get()
    assert (kept.at, kept.status, kept.error) == (at, 503, "")
    assert (kept.milliseconds, kept.answer) == (1234, "later, नोवा \ufffd")


def test_a_failure_waits_for_its_step_of_the_ladder(
    endpoint: WebhookEndpoint, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [100, 1000]
    [event] = add(endpoint, "s", "a")
    for expected in (100, 1000):
        finish(claim_one(), None)
        wait = (the(event).due_at - timezone.now()).total_seconds()
        assert expected - 2 <= wait <= 1.1 * expected
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
def test_everything_else_is_tried_again(endpoint: WebhookEndpoint, status: int | None) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), status)

    assert (the(event).state, the(event).lease_until) == ("pending", None)


def test_410_ends_an_event(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), 410)

    assert the(event).state == "failed"


def test_a_round_of_results_is_written_in_one_statement(endpoint: WebhookEndpoint) -> None:
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
    assert WebhookDelivery.objects.filter(position=2).exclude(due_at=None).count() == 4


def test_a_late_failure_does_not_disturb_the_attempt_that_followed(
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


def test_a_late_success_is_a_success(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    late = claim_one()
    let_time_pass()
    current = claim_one()

    finish(late, 200)
    finish(current, 500)

    assert the(event).state == "delivered"


def test_results_of_an_event_that_is_gone_are_dropped_alone(endpoint: WebhookEndpoint) -> None:
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
        cancel_stream("s")

    states = WebhookDelivery.objects.filter(stream="s").order_by("position")
    assert [each.state for each in states] == ["delivered", "cancelled", "cancelled"]
    assert not any(each.stream == "s" for each in claim_deliveries(10))


def claim_one_of(stream: str) -> WebhookDelivery:
    return next(each for each in claim_deliveries(10) if each.stream == stream)


@pytest.mark.parametrize("status", [200, 500, 410])
def test_an_event_cancelled_under_way_stays_cancelled(
    endpoint: WebhookEndpoint, status: int
) -> None:
    [event] = add(endpoint, "s", "a")
    under_way = claim_one()
    with transaction.atomic():
        cancel_stream("s")

    finish(under_way, status)

    assert the(event).state == "cancelled"
    assert WebhookAttempt.objects.count() == 1


@pytest.mark.parametrize("status", [200, 410])
def test_an_event_can_be_sent_again_by_hand(endpoint: WebhookEndpoint, status: int) -> None:
    [event] = add(endpoint, "s", "a")
    finish(claim_one(), status)

    resend_delivery(delivery=the(event), actor="user:ops")

    again = claim_one()
    assert (again.id, again.attempts_made) == (event, 1)
    audit = AuditEntry.objects.get(action="webhook.resent")
    assert (audit.actor, audit.target) == ("user:ops", event)


def test_an_event_that_waits_for_its_retry_can_be_sent_at_once(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    finish(claim_one(), 500)
    assert claim_deliveries(10) == []

    resend_delivery(delivery=WebhookDelivery.objects.get(), actor="user:ops")

    assert claim_one().attempts_made == 1


def test_an_event_under_way_is_not_sent_twice_at_the_same_time(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    under_way = claim_one()

    resend_delivery(delivery=the(event), actor="user:ops")

    assert claim_deliveries(10) == []
    finish(under_way)
    assert the(event).state == "delivered"


def test_an_event_that_waits_its_turn_keeps_it_when_it_is_sent_again(
    endpoint: WebhookEndpoint,
) -> None:
    [first, second, third] = add(endpoint, "s", "a", "b", "c")
    finish(claim_one())
    finish(claim_one())
    resend_delivery(delivery=the(first), actor="user:ops")

    assert {each.id for each in claim_deliveries(10)} == {first, third}
    assert the(second).state == "delivered"


def test_an_event_of_a_deleted_account_cannot_be_sent_again(endpoint: WebhookEndpoint) -> None:
    [event] = add(endpoint, "s", "a")
    with transaction.atomic():
        cancel_stream("s")

    with pytest.raises(DeliveryCancelled):
        resend_delivery(delivery=the(event), actor="user:ops")


def test_the_time_of_the_next_event_is_known(endpoint: WebhookEndpoint, settings: Any) -> None:
    assert seconds_until_next() is None
    assert not has_due_deliveries()
    settings.WEBHOOK_RETRY_SECONDS = [100]
    add(endpoint, "s", "a", "b")
    assert has_due_deliveries()
    assert seconds_until_next() is None, "what is due is not ahead"

    finish(claim_one(), 500)

    assert not has_due_deliveries(), "the second waits for the first"
    seconds = seconds_until_next()
    assert seconds
    assert 98 < seconds <= 110
