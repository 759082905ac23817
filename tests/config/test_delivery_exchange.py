"""Webhook events of an installation become the first partitions while some are added and sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command

from config.db.functions import changed_functions, unusable_functions
from config.db.partitions import read_partitions
from integrations.jobs import ATTEMPTS, DELIVERIES
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import claim_deliveries
from tests.config.books import execute, refused
from tests.config.old_database import Traffic, migrated_until
from tests.factories import partner_with_keys
from tests.integrations.outbox import add, endpoint_of, finish, the

pytestmark = pytest.mark.slow

#: The last migration before.
BEFORE = {"integrations": "0002_your_integration"}
TABLES = (DELIVERIES.name, ATTEMPTS.name)
EVENTS = 5


@pytest.fixture
def old_database(live_db: None) -> Iterator[None]:
    """As it was before events had partitions."""
    with migrated_until(BEFORE):
        yield


def add_and_send(endpoint: WebhookEndpoint, number: int) -> None:
    add(endpoint, f"stream {number % 3}", "a")
    for claimed in claim_deliveries(9):
        finish(claimed)


def test_events_are_cut_into_months_while_some_are_sent(old_database: None) -> None:
    endpoint = endpoint_of(partner_with_keys().partner)
    [sent], [waiting] = add(endpoint, "sent", "a"), add(endpoint, "waiting", "a")
    for claimed in claim_deliveries(2):
        status = 200 if claimed.pk == sent else 500
        finish(claimed, status, retry_after=timedelta(hours=1))
    rows = {table: execute(f"SELECT t::text FROM {table} t ORDER BY id") for table in TABLES}
    files = execute("SELECT pg_relation_filenode('integrations_webhookdelivery')")
    outbox = Traffic(partial(add_and_send, endpoint))
    outbox.start()
    outbox.wait_for(EVENTS)

    call_command("migrate", verbosity=0)

    outbox.wait_for(EVENTS)
    outbox.stop()
    assert outbox.errors == []
    assert execute("SELECT pg_relation_filenode('integrations_webhookdelivery_first')") == files
    for table in TABLES:
        assert set(execute(f"SELECT t::text FROM {table} t")) >= set(rows[table])
    for partitioned in (DELIVERIES, ATTEMPTS):
        assert read_partitions(partitioned)[0].name == f"{partitioned.name}_first"
    assert changed_functions() == unusable_functions() == []
    assert the(waiting).state == "pending"
    assert set(the(sent).attempts.all()) == {WebhookAttempt.objects.get(delivery=sent)}
    for number in range(3):
        of_stream = WebhookDelivery.objects.filter(stream=f"stream {number}").order_by("position")
        positions = list(of_stream.values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
    assert WebhookDelivery.objects.filter(state="delivered").count() == outbox.done + 1
    with refused("delivery_once_per_endpoint_first"):
        execute(
            f"INSERT INTO {TABLES[0]} SELECT copy.* FROM {TABLES[0]} e,"
            ' jsonb_populate_record(e, \'{"id": "0"}\') copy'
        )
    with refused("violates foreign key"):
        execute(f"DELETE FROM {TABLES[0]}")
        execute("SET CONSTRAINTS ALL IMMEDIATE")
