"""Months of webhook events that are dropped when all of them are old, and rows of those that stay.

Seen from days after the end of a coming month, the first one that has a partition of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from config.db.clock import database_now
from config.db.ids import id_beside
from config.db.partitions import add_partitions, read_partitions
from integrations.jobs import ATTEMPTS, DELIVERIES, purge_webhooks
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.config.books import execute
from tests.config.delivery_months import event_of, month
from tests.factories import Keys
from tests.integrations.outbox import endpoint_of

EVENTS = DELIVERIES.name
#: Months from now: the first partition, of everything before, ends at the latest where it begins.
OLD = 2


@pytest.fixture
def endpoint(payer: Keys, settings: Any) -> WebhookEndpoint:
    add_partitions(DELIVERIES, 5)
    settings.WEBHOOK_LOG_DAYS = -days_until_over() - 5
    return endpoint_of(payer.partner)


def end_of_old() -> str:
    """Return the first id after the old month."""
    [upper] = [x.upper for x in read_partitions(DELIVERIES) if x.name == month(EVENTS, OLD)]
    assert upper
    return upper


def days_until_over() -> int:
    """Return the days until the old month is over, rounded up."""
    left = datetime.fromtimestamp(int(end_of_old(), 16), UTC) - database_now()
    return left.days + 1


def days_from_now(days: float) -> datetime:
    return database_now() + timedelta(days=days)


def ended(endpoint: WebhookEndpoint, months: int, stream: str, **fields: Any) -> WebhookDelivery:
    """An event that ended in its month or soon after, with an attempt."""
    values = {"state": "delivered", "ended_at": days_from_now(days_until_over() + 4), **fields}
    made = event_of(endpoint, months, stream, **values)
    WebhookAttempt.objects.create(
        id=id_beside(made.pk),
        partner=made.partner,
        delivery=made,
        at=made.created_at,
        milliseconds=1,
    )
    return made


def names() -> set[str]:
    return {each.name for table in (DELIVERIES, ATTEMPTS) for each in read_partitions(table)}


def purge() -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    purge_webhooks()


def test_a_month_whose_events_have_all_ended_is_dropped(endpoint: WebhookEndpoint) -> None:
    ended(endpoint, OLD, "a")
    ended(endpoint, OLD, "b", state="failed")
    kept = ended(endpoint, 5, "c")

    purge()

    assert list(WebhookDelivery.objects.all()) == [kept]
    assert WebhookAttempt.objects.get().delivery == kept
    for table in (EVENTS, ATTEMPTS.name):
        assert month(table, OLD) not in names()
        assert {month(table, 5), f"{table}_first", f"{table}_default"} < names()


def test_months_that_end_before_an_id_are_dropped_and_counted(endpoint: WebhookEndpoint) -> None:
    ended(endpoint, OLD, "a")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    limits = (end_of_old(), days_from_now(days_until_over() + 5))
    drop = partial(execute, "SELECT integrations_drop_deliveries(%s, %s)", *limits)

    assert [drop(), drop()] == [[(1,)], [(0,)]]
    assert month(EVENTS, OLD) not in names()


@pytest.mark.parametrize(
    ("state", "ends_late", "is_due"),
    [("pending", False, True), ("pending", False, False), ("delivered", True, True)],
    ids=["pending", "behind another", "ended lately"],
)
def test_an_event_that_is_needed_keeps_its_month_and_for_a_time_its_neighbours(
    endpoint: WebhookEndpoint, settings: Any, state: str, ends_late: bool, is_due: bool
) -> None:
    needed = ended(
        endpoint,
        OLD,
        "needed",
        state=state,
        ended_at=days_from_now(days_until_over() + 50) if ends_late else None,
        due_at=days_from_now(0) if is_due else None,
    )
    neighbour = ended(endpoint, OLD, "old")

    purge()
    assert set(WebhookDelivery.objects.all()) == {needed, neighbour}

    settings.WEBHOOK_LOG_DAYS = -days_until_over() - 40
    purge()
    assert list(WebhookDelivery.objects.all()) == [needed]
    assert WebhookAttempt.objects.get().delivery == needed
    assert month(EVENTS, OLD) in names()


def test_an_ended_event_stays_while_one_of_another_month_waits_in_its_stream(
    endpoint: WebhookEndpoint,
) -> None:
    before = ended(endpoint, OLD, "s", state="failed")
    waiting = event_of(endpoint, 5, "s", 2)

    purge()
    assert set(WebhookDelivery.objects.all()) == {before, waiting}

    WebhookDelivery.objects.filter(pk=waiting.pk).update(
        state="delivered", ended_at=days_from_now(1)
    )
    purge()
    assert set(WebhookDelivery.objects.all()) == {waiting}
