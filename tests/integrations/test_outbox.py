"""Adding events to the outbox, and claiming them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from config.db.clock import database_now
from config.db.ids import id_beside
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.resending import resend_delivery
from integrations.services.webhooks import (
    add_event,
    claim_deliveries,
    seconds_until_next,
)
from tests.concurrency import run_concurrently
from tests.factories import Keys, PartnerFactory
from tests.integrations.outbox import (
    SECRET,
    add,
    claim_one,
    endpoint_of,
    finish,
    let_time_pass,
    the,
)


def test_the_secret_is_encrypted_at_rest(endpoint: WebhookEndpoint) -> None:
    row = WebhookEndpoint.objects.values_list("secret", flat=True).get()

    assert SECRET not in row
    assert endpoint.get_decrypted("secret") == SECRET


def test_an_event_commits_with_the_change_it_announces(endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        add_event(endpoint=endpoint, stream="s", payload={"event": "a"})
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()


def test_positions_in_a_stream_are_unique(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    row = WebhookDelivery.objects.get()
    row.pk = id_beside(row.pk)

    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_a_claim_takes_the_first_of_each_stream(endpoint: WebhookEndpoint) -> None:
    [first, _] = add(endpoint, "one", "a", "b")
    [other] = add(endpoint, "two", "a")

    assert {delivery.id for delivery in claim_deliveries(10)} == {first, other}
    assert claim_deliveries(10) == []


@pytest.mark.parametrize("retries", [None, []])
def test_the_next_event_is_due_when_the_one_before_has_ended(
    endpoint: WebhookEndpoint, settings: Any, retries: list[float] | None
) -> None:
    """Delivered, or failed after its last attempt."""
    [first, second, third] = add(endpoint, "s", "a", "b", "c")
    if retries is not None:
        settings.WEBHOOK_RETRY_SECONDS = retries
    finish(claim_one(), 200 if retries is None else 500)

    assert claim_one().id == second
    assert the(first).state == ("delivered" if retries is None else "failed")
    assert the(third).due_at is None


def test_the_next_event_waits_while_the_one_before_is_retried(
    endpoint: WebhookEndpoint,
) -> None:
    [first, second] = add(endpoint, "s", "a", "b")
    finish(claim_one(), 500)

    assert claim_deliveries(10) == []
    assert the(second).due_at is None
    let_time_pass()
    assert claim_one().id == first


def test_an_event_after_a_delivered_one_is_due_immediately(
    endpoint: WebhookEndpoint,
) -> None:
    add(endpoint, "s", "a")
    finish(claim_one())
    [second] = add(endpoint, "s", "b")

    assert claim_one().id == second


def finish_and_close(claimed: Any) -> None:
    finish(claimed)
    connections.close_all()


def test_an_event_added_while_the_one_before_ends_becomes_due(
    endpoint: WebhookEndpoint,
) -> None:
    """The end waits for the transaction that adds, and sees what it added."""
    add(endpoint, "s", "a")
    claimed = claim_one()
    ending = threading.Thread(target=finish_and_close, args=(claimed,))

    with transaction.atomic():
        add_event(endpoint=endpoint, stream="s", payload={"event": "b"})
        ending.start()
        ending.join(0.2)
        assert ending.is_alive()
        before_the_end = database_now()
    ending.join()

    ended_at = the(claimed.pk).ended_at
    assert ended_at
    assert ended_at > before_the_end
    assert claim_one().event == "b"


def test_a_claim_counts_the_attempt_and_leases_the_event(
    endpoint: WebhookEndpoint, settings: Any
) -> None:
    settings.WEBHOOK_LEASE_SECONDS = 30
    add(endpoint, "s", "a")
    before = timezone.now()

    delivery = claim_one()

    assert delivery.attempts_made == 1
    assert delivery.lease_until == delivery.due_at
    assert delivery.lease_until
    assert before <= delivery.lease_until - timedelta(seconds=30) <= timezone.now()


def test_an_event_whose_worker_died_is_due_again_after_the_lease(
    endpoint: WebhookEndpoint,
) -> None:
    add(endpoint, "s", "a")
    claim_one()

    let_time_pass()

    assert claim_one().attempts_made == 2


def test_no_event_is_claimed_twice_at_once(endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.WEBHOOK_SLOTS_PER_PARTNER = 1000
    for number in range(400):
        add(endpoint, f"s{number}", "a")

    def claim_all(_: int) -> list[str]:
        ids: list[str] = []
        while claimed := claim_deliveries(3):
            ids += [delivery.id for delivery in claimed]
        return ids

    ids = [each for ids in run_concurrently(8, claim_all) for each in ids]

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


def test_a_claim_reads_few_rows_of_a_long_queue(endpoint: WebhookEndpoint) -> None:
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


def test_the_time_of_the_next_event_is_known(endpoint: WebhookEndpoint, settings: Any) -> None:
    assert seconds_until_next() is None
    settings.WEBHOOK_RETRY_SECONDS = [100]
    add(endpoint, "s", "a", "b")
    assert seconds_until_next() is None, "what is due is not ahead"

    finish(claim_one(), 500)

    seconds = seconds_until_next()
    assert seconds
    assert 40 < seconds <= 110


def test_resending_does_not_skip_earlier_events(keys: Keys) -> None:
    [first, second] = add(endpoint_of(keys.partner), "s", "a", "b")

    resend_delivery(delivery=WebhookDelivery.objects.get(pk=second), actor="test")

    assert [each.id for each in claim_deliveries(10)] == [first]
