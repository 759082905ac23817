"""The databases of `benchmarks.partitions`, and what is measured on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.growing import Subject, execute, wrapper_of
from benchmarks.growth_filling import fill, fill_outbox
from config.db.clock import database_now
from config.db.exchange import PROOF, exchange
from config.db.functions import install_functions
from config.db.ids import first_id, new_id
from config.db.partitions import PartitionedTable, add_partitions, read_partitions
from config.db.statements import fetch_row, placeholders
from imaging.jobs import BOOKS
from imaging.models import ImageOperation
from integrations.jobs import DELIVERIES
from integrations.models import WebhookEndpoint, WebhookReceiver
from integrations.services.webhooks import (
    Outcome,
    add_event,
    claim_deliveries,
    finish_attempts,
    seconds_until_next,
)

Call = Callable[[], object]
Choose = Callable[[str], None]

WHOLE, FIRST, LATER = "whole", "first", "later"
#: Days that the books and the events are spread over; partitions of `LATER` begin there.
_BOOKS_DAYS, _EVENTS_DAYS = 7 * 365, 110
#: The last migrations before the tables have partitions.
_BEFORE = {
    "imaging": "0005_give_operations_the_ids_of_charges",
    "integrations": "0003_index_times",
}
#: What a migration does before it partitions the books.
_PREPARATIONS = (
    "ALTER TABLE imaging_imageoperation VALIDATE CONSTRAINT operation_has_id_of_charge",
    "ALTER TABLE imaging_imageoperation DROP CONSTRAINT imaging_imageoperation_charge_id_key",
)


@contextmanager
def databases(operations: int, events: int) -> Iterator[tuple[Choose, dict[str, Caller]]]:
    """Make one of each layout; yield what chooses one, and who calls in it."""
    wrappers = {layout: wrapper_of(f"layout_{layout}") for layout in (WHOLE, FIRST, LATER)}

    def choose(layout: str) -> None:
        connections["default"] = wrappers[layout]

    # Its time would count as that of whichever is being measured.
    execute("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
    _create(choose)
    callers = {}
    for layout in wrappers:
        choose(layout)
        _partition(layout)
        callers[layout] = Caller.create()
        subject = callers[layout].subject
        owner = (subject.keys.partner.pk, subject.keys.key("live").pk)
        fill(owner, lines=1_000, operations=operations, days=_BOOKS_DAYS)
        _give_request_ids(owner[0])
        fill_outbox(callers[layout].endpoint, events=events, days=_EVENTS_DAYS)
        execute("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT")
    yield choose, callers
    for wrapper in wrappers.values():
        wrapper.close()


def _give_request_ids(partner_id: str) -> None:
    execute(
        "SET session_replication_role = replica",
        "UPDATE imaging_imageoperation SET client_request_id = 'request-' || id"
        f" WHERE partner_id = '{partner_id}'",
        "RESET session_replication_role",
    )


def _create(choose: Choose) -> None:
    """Make them all as they were before partitions."""
    server = connections["default"]
    for layout in (WHOLE, FIRST, LATER):
        execute(f"DROP DATABASE IF EXISTS layout_{layout} WITH (FORCE)")  # of an interrupted run
    execute(f"CREATE DATABASE layout_{WHOLE}")
    choose(WHOLE)
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in _BEFORE]
    executor.migrate([*leaves, *_BEFORE.items()])
    install_functions()
    call_command("createcachetable", verbosity=0)
    connection.close()
    connections["default"] = server
    for layout in (FIRST, LATER):
        execute(f"CREATE DATABASE layout_{layout} TEMPLATE layout_{WHOLE}")


def _partition(layout: str) -> None:
    if layout == LATER:
        execute(*_PREPARATIONS)
        _cut(BOOKS[0], _BOOKS_DAYS)
        _cut(DELIVERIES, _EVENTS_DAYS)
    if layout != WHOLE:
        call_command("migrate", verbosity=0)


def _cut(table: PartitionedTable, days: int) -> None:
    """Let the first partition end so many days ago, as if it had been made then."""
    since = (database_now().astimezone(UTC) - timedelta(days=days)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    bound = first_id(since.replace(month=1) if table.period == "year" else since)
    with transaction.atomic(), connection.cursor() as cursor:
        for name in table.together:
            cursor.execute(f"ALTER TABLE \"{name}\" ADD CONSTRAINT {PROOF} CHECK (id < '{bound}')")
        exchange(cursor, table.together, bound)
    add_partitions(table)


def count_partitions() -> str:
    """Return the numbers of books and of events, in the database that is chosen."""
    return " and ".join(str(len(read_partitions(table)) or 1) for table in (BOOKS[0], DELIVERIES))


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner whose calls, pages and events are measured in one layout."""

    subject: Subject
    endpoint: WebhookEndpoint

    @classmethod
    def create(cls) -> Caller:
        subject = Subject.create()
        at = {"partner": subject.keys.partner, "url": "http://127.0.0.1:9/hook"}
        WebhookReceiver.objects.create(**at)
        return cls(subject, WebhookEndpoint.objects.create(**at, secret=""))

    def calls(self) -> dict[str, Call]:
        subject = self.subject
        mine = ImageOperation.objects.of(subject.keys.partner.pk)
        last = mine.exclude(client_request_id="").latest("created_at")
        receipts = "/partner/v1/image/operations"
        return {
            "gate": subject.gate(),
            "gate and charge": subject.charge(),
            "gate and charge, kept": partial(self._end, subject.charge(), ""),
            "gate and charge, refunded": partial(self._end, subject.charge(), "failed"),
            "page of the ledger": partial(subject.open, reverse("ledger")),
            "page of the images": partial(subject.open, reverse("operations")),
            "newest receipts": partial(self._get, receipts),
            "receipt by request id": partial(
                self._get, f"{receipts}?requestId={last.client_request_id}"
            ),
            "receipt by id": partial(self._get, f"{receipts}/{last.pk}"),
            "event added, claimed and delivered": self._deliver,
            "look at an empty outbox": self._look,
            "page of the webhooks": partial(subject.open, reverse("webhooks")),
        }

    def _end(self, charge: Callable[[], str], failure: str) -> None:
        statement = f"SELECT settled FROM imaging_finish({placeholders(9)})"
        result = [failure, "fast", ["https://shop.example/a.png"], 300, "", "", False]
        row = fetch_row(statement, [self.subject.keys.partner.pk, charge(), *result])
        assert row == {"settled": True}

    def _get(self, address: str) -> None:
        response = Client().get(
            address, headers={"host": "127.0.0.1", "X-Api-Key": self.subject.keys.live}
        )
        assert response.status_code == 200, response.content

    def _deliver(self) -> None:
        with transaction.atomic():
            add_event(endpoint=self.endpoint, stream=new_id(), payload={"event": "image.completed"})
        [delivery] = claim_deliveries(64)
        finish_attempts([(delivery, Outcome(timezone.now(), 200, "", 5, "ok"))])

    def _look(self) -> None:
        assert claim_deliveries(64) == []
        assert seconds_until_next() is None
