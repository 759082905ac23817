"""The books of an installation become the first partitions while it serves calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from billing.models import LedgerEntry, PointBucket
from billing.services import check_ledger
from config.chain.writing import extend_chains
from config.db.partitions import read_partitions
from imaging.jobs import BOOKS
from imaging.models import ImageOperation, ImageTakedown
from tests.billing.operations import refund, start, succeed
from tests.config.old_database import Traffic, migrated_until
from tests.factories import Keys, bucket, partner_with_keys

pytestmark = pytest.mark.slow

#: The last migrations before.
BEFORE = {"billing": "0004_count_spending_cheaply", "imaging": "0004_add_thumbnails"}
TABLES = tuple(table.name for table in BOOKS)
CALLS = 5


@pytest.fixture
def old_database(live_db: None) -> Iterator[None]:
    """As it was before the books had partitions."""
    with migrated_until(BEFORE):
        yield


def query(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def call(keys: Keys, number: int) -> None:
    """Make a call, which is kept or refunded in turns."""
    operation = start(keys)
    refund(operation) if number % 2 else succeed(operation)


def test_the_books_are_cut_into_years_while_calls_go_on(old_database: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 10_000_000)
    refunded, kept, is_open = (start(keys) for _ in range(3))
    succeed(kept)
    refund(refunded)
    ImageTakedown.objects.create(
        partner=keys.partner, operation_id=kept.id, reason="test", taken_down_by="test"
    )
    rows = {table: query(f"SELECT t::text FROM {table} t ORDER BY id") for table in TABLES}
    files = query("SELECT pg_relation_filenode('billing_ledgerentry')")
    caller = Traffic(partial(call, keys))
    caller.start()
    caller.wait_for(CALLS)

    call_command("migrate", verbosity=0)

    caller.wait_for(CALLS)
    caller.stop()
    assert caller.errors == []
    for table in TABLES:
        after = set(query(f"SELECT t::text FROM {table} t"))
        assert after >= set(rows[table]), table
    assert query("SELECT pg_relation_filenode('billing_ledgerentry_first')") == files
    for books in BOOKS:
        assert read_partitions(books)[0].name == f"{books.name}_first"
    assert succeed(is_open).cost == 800  # reserved before, kept after
    assert ImageTakedown.objects.select_related("operation").get().operation.id == kept.id
    assert LedgerEntry.objects.filter(operation=refunded.id).count() == 4
    assert extend_chains(seconds=60)
    assert check_ledger().ok
    assert_guarded(keys, kept.id)


def refuse(statement: str) -> None:
    """Show that a constraint refuses the statement, at the latest at the transaction's end."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")


def assert_guarded(keys: Keys, operation: str) -> None:
    """Constraints, foreign keys and triggers hold in the partition of the rows from before."""
    line = LedgerEntry.objects.filter(operation=operation).in_order()[0]
    other = f"{operation[:21]}fff"
    for change in (
        f'{{"id": "{line.pk}"}}',
        f'{{"id": "{other}"}}',
        f'{{"id": "{other}", "kind": "credit"}}',
        f'{{"id": "{other}", "bucket_id": "nothing"}}',
    ):
        refuse(
            "INSERT INTO billing_ledgerentry SELECT copy.* FROM billing_ledgerentry e,"
            f" jsonb_populate_record(e, '{change}') copy WHERE e.id = '{line.pk}'"
        )
    refuse("UPDATE billing_ledgerentry SET points = points")
    refuse("DELETE FROM billing_ledgerentry")
    refuse("TRUNCATE billing_ledgerentry CASCADE")
    refuse("TRUNCATE billing_ledgerentry_first CASCADE")
    refuse("UPDATE billing_charge SET state = 'reserved'")
    refuse("DELETE FROM imaging_imageoperation")
    assert PointBucket.objects.filter(partner=keys.partner).count() == 2
    assert ImageOperation.objects.filter(pk=operation).exists()
