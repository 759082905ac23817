"""The database rejects what no code may do to the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from billing.models import Charge, LedgerEntry, PointBucket
from imaging.services import Operation
from tests.billing.operations import refund, start, succeed
from tests.factories import Keys, bucket, partner_with_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer() -> Keys:
    """A partner whose first charge draws from two buckets."""
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 2_000)
    return keys


@pytest.fixture
def operation(payer: Keys) -> Operation:
    return start(payer)


@contextmanager
def refused(saying: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=saying), transaction.atomic():
        yield


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def entry(operation: Operation, **fields: object) -> LedgerEntry:
    """A credible line for the operation's first bucket, but for what `fields` change."""
    drawn = LedgerEntry.objects.filter(operation=operation.id, kind="charge").in_order()[0]
    credible: dict[str, object] = {
        "id": f"{operation.id[:21]}fff",
        "partner_id": operation.partner_id,
        "bucket_id": drawn.bucket_id,
        "operation_id": operation.id,
        "kind": "reversal",
        "points": -drawn.points,
        "reverses": drawn,
        "created_at": timezone.now(),
    }
    return LedgerEntry(**(credible | fields))


@pytest.mark.parametrize(
    ("statement", "verb"),
    [
        ("UPDATE billing_ledgerentry SET points = points - 1", "UPDATE"),
        ("DELETE FROM billing_ledgerentry", "DELETE"),
        ("TRUNCATE billing_ledgerentry CASCADE", "TRUNCATE"),
        ("TRUNCATE billing_charge, billing_ledgerentry CASCADE", "TRUNCATE"),
    ],
)
def test_the_ledger_only_grows(operation: Operation, statement: str, verb: str) -> None:
    # Foreign keys still to be checked would keep TRUNCATE from getting as far as the trigger.
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with refused(f"billing_ledgerentry is append-only: {verb} refused"):
        execute(statement)


@pytest.mark.parametrize("table", ["billing_invoice", "billing_purchase"])
def test_purchases_and_invoices_are_never_emptied(db: None, table: str) -> None:
    with refused("is append-only: TRUNCATE refused"):
        execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("first", ["succeeded", "refunded"])
@pytest.mark.parametrize("second", ["reserved", "succeeded", "refunded"])
def test_an_ended_charge_never_changes_again(operation: Operation, first: str, second: str) -> None:
    succeed(operation) if first == "succeeded" else refund(operation)

    with refused(f"has already ended as {first}"):
        Charge.objects.filter(pk=operation.id).update(state=second)
    with refused(f"has already ended as {first}"):
        execute(f"DELETE FROM billing_charge WHERE id = '{operation.id}'")


def test_a_charge_with_entries_cannot_be_deleted(operation: Operation) -> None:
    with refused("violates foreign key"):
        execute(f"DELETE FROM billing_charge WHERE id = '{operation.id}'")
        execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("remaining", [-1, 501])
def test_a_bucket_is_never_overdrawn_nor_overfull(payer: Keys, remaining: int) -> None:
    with refused("bucket_never_overdrawn_nor_overfull"):
        PointBucket.objects.filter(original=500).update(remaining=remaining)


def test_an_entry_is_reversed_once(operation: Operation) -> None:
    refund(operation)
    other = PointBucket.objects.create(
        partner_id=operation.partner_id,
        tier_id="starter",
        original=500,
        remaining=0,
        purchased_at=timezone.now(),
    )
    with refused("ledger_entry_reversed_once"):
        entry(operation, bucket_id=other.id).save()


def test_an_operation_has_one_line_of_a_kind_per_bucket(operation: Operation) -> None:
    with refused("ledger_line_once_per_operation"):
        entry(operation, kind="charge", points=-1, reverses=None).save()


def test_a_bucket_is_credited_once(payer: Keys, operation: Operation) -> None:
    with refused("ledger_one_credit_per_bucket"):
        entry(operation, kind="credit", operation_id=None, reverses=None).save()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "gift"},
        {"points": -500},
        {"reverses": None},
        {"operation_id": None},
        {"kind": "charge"},
        {"kind": "charge", "points": 500, "reverses": None},
        {"kind": "charge", "points": -500, "reverses": None, "operation_id": None},
        {"kind": "credit"},
        {"kind": "credit", "points": -500, "reverses": None, "operation_id": None},
        {"points": 0},
    ],
    ids=str,
)
def test_an_entry_that_does_not_fit_its_kind_is_refused(
    operation: Operation, fields: dict[str, object]
) -> None:
    with refused("ledger_entry_fits_kind"):
        entry(operation, **fields).save()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "lost"}, "charge_state_known|charge_refund_fits_state"),
        ({"state": "refunded"}, "charge_refund_fits_state"),
        ({"state": "refunded", "refunded": 799}, "charge_refund_fits_state"),
        ({"state": "succeeded", "refunded": 800}, "charge_refund_fits_state"),
        ({"refunded": 1}, "charge_refund_fits_state"),
        ({"cost": 0}, "charge_above_zero"),
    ],
    ids=str,
)
def test_a_charge_has_a_refund_only_in_a_state_that_allows_it(
    operation: Operation, fields: dict[str, object], constraint: str
) -> None:
    with refused(constraint):
        Charge.objects.filter(pk=operation.id).update(**fields)


def test_an_operation_number_is_charged_once(payer: Keys, operation: Operation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM billing_charge(%s, %s, %s, 'create', 'fast', 60, '')",
            [payer.partner.id, payer.key("live").id, operation.id],
        )
