"""The books in partitions of years: what holds in each of them, and across them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from billing.models import LedgerEntry, PointBucket
from config.db.ids import id_of
from config.db.partitions import add_partitions
from imaging.jobs import BOOKS
from imaging.models import ImageOperation
from imaging.services.settlements import refund_operation
from tests.billing.operations import Failure
from tests.concurrency import overlap
from tests.config.books import (
    CHARGES,
    MONTHS,
    execute,
    in_years,
    refused,
    start_at,
)
from tests.factories import Keys, bucket, partner_with_keys


@pytest.mark.parametrize("has_partition", [True, False], ids=["in its partition", "default"])
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({}, "billing_ledgerentry_.*pkey"),
        ({"id": "fff"}, "ledger_line_once_per_operation"),
        ({"id": "fff", "reverses": True}, "ledger_entry_reversed_once"),
        ({"id": "0" * 24}, "ledger_line_of_operation"),
        ({"id": "fff", "operation_id": "nothing"}, "ledger_line_of_operation"),
        ({"id": "fff", "operation_id": "same21"}, "violates foreign key"),
    ],
    ids=str,
)
def test_what_no_entry_may_do_holds_in_new_partitions(
    payer: Keys, has_partition: bool, change: dict[str, Any], constraint: str
) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    if has_partition:
        add_partitions(CHARGES, 3 * MONTHS)
    operation = start_at(payer, in_years(2))
    refund_operation(partner_id=payer.partner.id, operation_id=operation, failure=Failure.FAILED)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    kind = "reversal" if change.get("reverses") else "charge"
    [line] = LedgerEntry.objects.filter(operation=operation, kind=kind)
    if change.get("reverses"):
        line.bucket_id = bucket(payer.partner, 5).pk
    if change.get("id"):
        line.pk = change["id"] if len(change["id"]) == 24 else f"{operation[:21]}{change['id']}"
    if change.get("operation_id"):
        line.operation_id = (
            f"{operation[:21]}eee" if change["operation_id"] == "same21" else "0" * 24
        )
    with refused(constraint):
        line.save(force_insert=True)
        execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", [table.name for table in BOOKS])
def test_new_partitions_are_guarded_as_their_table_is(payer: Keys, table: str) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    add_partitions(CHARGES, 3 * MONTHS)
    year = in_years(2).year

    def traits(name: str) -> list[Any]:
        suffix = name.rpartition("_")[2]
        return execute(
            """
            SELECT coalesce(reloptions::text, ''), (SELECT array_agg(tgname::text ORDER BY tgname)
                FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal),
              (SELECT array_agg(conname::text ORDER BY conname) FROM pg_constraint
               WHERE conrelid = c.oid AND contype IN ('f', 'c')),
              (SELECT array_agg(definition ORDER BY definition) FROM (
                 SELECT substring(pg_get_indexdef(indexrelid) FROM 'USING .*') || indisunique
                 FROM pg_index WHERE indrelid = c.oid) x(definition)),
              (SELECT array_agg(replace(confrelid::regclass::text, %s, '') ORDER BY conname)
               FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f')
            FROM pg_class c WHERE oid = %s::regclass
            """,
            suffix,
            name,
        )

    assert traits(f"{table}_{year}") == traits(f"{table}_first") == traits(f"{table}_default")


@pytest.mark.parametrize("kind", ["credit", "debt"])
def test_a_bucket_is_credited_and_settles_debts_once_in_all_years(payer: Keys, kind: str) -> None:
    filled = bucket(payer.partner, 500)
    points = 1 if kind == "credit" else -1
    entry = {"partner": payer.partner, "bucket": filled, "kind": kind, "points": points}
    if kind == "debt":
        LedgerEntry.objects.create(**entry, created_at=timezone.now())
    for at in (in_years(-3), in_years(0), in_years(2), in_years(9)):
        with refused(f"ledger_one_{kind}_per_bucket"):
            LedgerEntry.objects.create(id=id_of(at), **entry, created_at=at)


def test_of_two_credits_at_the_same_time_one_is_refused(live_db: None) -> None:
    keys = partner_with_keys()
    filled = PointBucket.objects.create(
        partner=keys.partner,
        tier_id="starter",
        original=5,
        remaining=5,
        purchased_at=timezone.now(),
    )

    def credit(years: int) -> Callable[[], object]:
        return lambda: LedgerEntry.objects.create(
            id=id_of(in_years(years)),
            partner=keys.partner,
            bucket=filled,
            kind="credit",
            points=5,
            created_at=timezone.now(),
        )

    assert overlap(credit(0), credit(2)) is IntegrityError
    assert LedgerEntry.objects.filter(bucket=filled).count() == 1


def test_an_operation_has_the_charge_of_its_id(payer: Keys) -> None:
    first, second = start_at(payer, in_years(0)), start_at(payer, in_years(0), is_test=True)
    with refused("operation_has_id_of_charge"):
        ImageOperation.objects.filter(pk=second).update(charge=first)
