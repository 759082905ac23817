"""Webhook events in partitions of months: sent, found and ordered over all of them."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.db.grants import different_tables
from config.db.partitions import add_partitions, has_rows_beyond, read_partitions
from integrations.jobs import ATTEMPTS, DELIVERIES
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import claim_deliveries
from tests.concurrency import overlap
from tests.config.books import execute, partition_of, refused
from tests.config.delivery_months import event_of, month
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import add, claim_one, endpoint_of, finish, the
from tests.integrations.pages import turns
from tests.months import months_from_now

EVENTS, TRIES = DELIVERIES.name, ATTEMPTS.name


@pytest.fixture
def endpoint(payer: Keys) -> WebhookEndpoint:
    """In a transaction that is rolled back, with the partitions that it makes."""
    return endpoint_of(payer.partner)


def test_both_tables_have_partitions_of_the_same_months(db: None) -> None:
    assert add_partitions(DELIVERIES, 5) >= 1
    assert add_partitions(ATTEMPTS, 5) == 0
    events, tries = (read_partitions(table) for table in (DELIVERIES, ATTEMPTS))
    assert [(x.lower, x.upper) for x in events] == [(x.lower, x.upper) for x in tries]


@pytest.mark.parametrize("table", [EVENTS, TRIES])
def test_a_new_month_has_what_the_first_partition_has(db: None, table: str) -> None:
    add_partitions(DELIVERIES, 5)

    def traits(name: str) -> list[Any]:
        suffix = name.removeprefix(f"{table}_")
        return execute(
            """
            SELECT (SELECT array_agg(replace(pg_get_constraintdef(oid), %s, '') ORDER BY conname)
                FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('f', 'c')),
              (SELECT array_agg(definition ORDER BY definition) FROM (
                 SELECT substring(pg_get_indexdef(indexrelid) FROM 'USING .*') || indisunique
                 FROM pg_index WHERE indrelid = c.oid) x(definition))
            FROM pg_class c WHERE oid = %s::regclass
            """,
            suffix,
            name,
        )

    assert traits(month(table, 5)) == traits(f"{table}_first") == traits(f"{table}_default")


def test_an_attempt_is_in_the_month_of_its_event(endpoint: WebhookEndpoint) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    add_partitions(DELIVERIES, 5)
    event = event_of(endpoint, 5)

    finish(claim_one(), 500)

    attempt = WebhookAttempt.objects.get()
    assert partition_of(EVENTS, event.pk) == month(EVENTS, 5)
    assert partition_of(TRIES, attempt.pk) == month(TRIES, 5)
    assert list(event.attempts.all()) == [attempt]
    with refused("violates foreign key"):
        WebhookAttempt.objects.create(
            partner=endpoint.partner, delivery=event, at=attempt.at, milliseconds=1
        )
        execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_events_that_came_before_their_partition_move_with_their_attempts(
    endpoint: WebhookEndpoint,
) -> None:
    event = event_of(endpoint, 5)
    finish(claim_one(), 500)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert partition_of(EVENTS, event.pk) == f"{EVENTS}_default"
    assert has_rows_beyond(DELIVERIES, read_partitions(DELIVERIES))

    add_partitions(DELIVERIES, 5)

    assert partition_of(EVENTS, event.pk) == month(EVENTS, 5)
    assert partition_of(TRIES, event.attempts.get().pk) == month(TRIES, 5)


@pytest.mark.parametrize("has_partition", [True, False], ids=["in its partition", "default"])
def test_a_position_is_taken_once_in_a_month(
    endpoint: WebhookEndpoint, has_partition: bool
) -> None:
    if has_partition:
        add_partitions(DELIVERIES, 5)
    event_of(endpoint, 5)
    with refused("delivery_once_per_endpoint"):
        event_of(endpoint, 5)


def test_two_events_that_are_added_in_the_same_moment_follow_each_other(live_db: None) -> None:
    """Whichever months they are in: the second waits for the first one's end, and finds it."""
    endpoint = endpoint_of(partner_with_keys().partner)

    assert overlap(lambda: add(endpoint, "s", "a"), lambda: add(endpoint, "s", "b")) is None

    rows = WebhookDelivery.objects.order_by("position").values_list("position", "event")
    assert list(rows) == [(1, "a"), (2, "b")]


def test_an_event_follows_those_of_other_months(endpoint: WebhookEndpoint) -> None:
    add_partitions(DELIVERIES, 5)
    earlier = event_of(endpoint, 5, position=3)

    [later] = add(endpoint, "s", "b")

    assert the(later).position == 4
    assert turns(earlier.pk, later) == [("pending", True), ("pending", False)]
    finish(claim_one())
    assert turns(earlier.pk, later) == [("delivered", False), ("pending", True)]


def test_the_oldest_events_of_all_months_are_claimed_first(endpoint: WebhookEndpoint) -> None:
    add_partitions(DELIVERIES, 5)
    due = [months_from_now(-months) for months in (1, 4, 3, 2)]
    events = [event_of(endpoint, n, str(n), due_at=at).pk for n, at in enumerate(due)]

    assert {each.pk for each in claim_deliveries(2)} == {events[1], events[2]}
    assert {each.pk for each in claim_deliveries(9)} == {events[0], events[3]}


def test_410_ends_the_events_of_all_months(endpoint: WebhookEndpoint) -> None:
    add_partitions(DELIVERIES, 5)
    event_of(endpoint, 0)
    behind = event_of(endpoint, 2, position=2, due_at=None)
    other = event_of(endpoint, 5, stream="other", due_at=months_from_now(1))

    finish(claim_one(), 410)

    assert (the(behind.pk).state, the(other.pk).state) == ("failed", "failed")


def test_events_of_a_moved_month_are_sent(endpoint: WebhookEndpoint, cold: str) -> None:
    add_partitions(DELIVERIES, 5)
    event = event_of(endpoint, 5)
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    for table in (EVENTS, TRIES):
        call_command("partition", "--move", month(table, 5), cold, stdout=StringIO())

    finish(claim_one())
    assert the(event.pk).state == "delivered"


@pytest.mark.parametrize("named", [EVENTS, TRIES])
def test_a_month_is_detached_with_its_attempts(endpoint: WebhookEndpoint, named: str) -> None:
    add_partitions(DELIVERIES, 5)
    event_of(endpoint, 5)
    kept = event_of(endpoint, 0, stream="kept")
    for claimed in claim_deliveries(2):
        finish(claimed)
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    call_command("partition", "--detach", month(named, 5), stdout=StringIO())

    assert WebhookDelivery.objects.get() == kept
    assert WebhookAttempt.objects.get().delivery == kept
    for table in (EVENTS, TRIES):
        assert month(table, 5) not in different_tables()
        assert execute(f"SELECT count(*) FROM {month(table, 5)}") == [(1,)]


@pytest.mark.parametrize("named", [EVENTS, TRIES])
def test_a_month_with_an_event_to_send_is_not_detached(
    endpoint: WebhookEndpoint, named: str
) -> None:
    add_partitions(DELIVERIES, 5)
    event = event_of(endpoint, 5)

    with pytest.raises(CommandError, match="Some of its events are still to be sent"):
        call_command("partition", "--detach", month(named, 5), stdout=StringIO())

    assert WebhookDelivery.objects.get() == event
