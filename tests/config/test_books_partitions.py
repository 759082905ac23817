"""The books in partitions of years: rows of every year found, and moved with their partition."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.models import LedgerEntry, PointBucket
from billing.services import check_ledger
from config.db.clock import database_now
from config.db.partitions import add_partitions, covered_until, has_rows_beyond, read_partitions
from config.doctor import diagnose
from config.jobs.partitions import check_partitions
from imaging.jobs import BOOKS
from imaging.models import ImageOperation, ImageTakedown
from imaging.services.settlements import refund_operation
from tests.billing.operations import Failure
from tests.config.books import (
    CHARGES,
    LEDGER,
    MONTHS,
    execute,
    finish_operation_of,
    in_years,
    partition_of,
    refused,
    start_at,
)
from tests.factories import Keys


def test_partitions_of_the_books_are_made_together_and_in_time(db: None) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert add_partitions(LEDGER, 3 * MONTHS) >= 2
    assert add_partitions(CHARGES, 3 * MONTHS) == 0
    bounds = [[(x.lower, x.upper) for x in read_partitions(table)] for table in BOOKS]
    assert bounds[0] == bounds[1] == bounds[2]
    assert covered_until(read_partitions(CHARGES)) > in_years(3)
    assert check_partitions().ok


def test_a_new_partition_is_stored_as_the_default_one(db: None) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE billing_charge_default SET (fillfactor = 73)")
    add_partitions(CHARGES, 3 * MONTHS)

    options = "SELECT reloptions FROM pg_class WHERE relname = %s"
    name = f"billing_charge_{in_years(3).year}"
    assert execute(options, name) == [(["fillfactor=73"],)]


def test_a_new_partition_refers_to_what_the_default_one_refers_to(db: None) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    add_partitions(CHARGES, 3 * MONTHS)
    statement = """
        SELECT replace(t.relname, %s, ''), replace(pg_get_constraintdef(c.oid), %s, '')
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.contype = 'f' AND t.relname LIKE 'billing_%%' || %s ORDER BY 1, 2
    """
    found = [execute(statement, *[suffix] * 3) for suffix in ("_default", f"_{in_years(3).year}")]
    assert any("billing_charge(" in reference for _, reference in found[0])
    assert found[0] == found[1]


def test_rows_of_one_call_are_in_the_partition_of_its_year(payer: Keys) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    add_partitions(CHARGES, 3 * MONTHS)
    at = in_years(2)
    operation = start_at(payer, at)
    refund_operation(partner_id=payer.partner.id, operation_id=operation, failure=Failure.FAILED)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert partition_of("billing_charge", operation) == f"billing_charge_{at.year}"
    assert partition_of("imaging_imageoperation", operation) == f"imaging_imageoperation_{at.year}"
    lines = LedgerEntry.objects.filter(operation=operation)
    assert {partition_of("billing_ledgerentry", line.pk) for line in lines} == {
        f"billing_ledgerentry_{at.year}"
    }
    assert lines.count() == 2
    assert sum(PointBucket.objects.values_list("remaining", flat=True)) == 1_001_000


def test_rows_that_came_before_their_partition_move_with_all_that_refers_to_them(
    payer: Keys,
) -> None:
    at = in_years(2)
    operation = start_at(payer, at)
    finish_operation_of(payer, operation)
    ImageTakedown.objects.create(
        partner=payer.partner, operation_id=operation, reason="test", taken_down_by="test"
    )
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert partition_of("billing_charge", operation) == "billing_charge_default"
    assert has_rows_beyond(CHARGES, read_partitions(CHARGES))
    [finding] = diagnose({"partitions"})
    assert "Run partition" in finding.detail
    references = (
        "SELECT oid FROM pg_constraint WHERE conrelid = 'accounts_member'::regclass ORDER BY oid"
    )
    of_another_table = execute(references)
    names = """
        SELECT conrelid::regclass::text, conname FROM pg_constraint c JOIN pg_class t
        ON t.oid = conrelid
        WHERE contype = 'f' AND conparentid = 0 AND NOT relispartition ORDER BY 1, 2
    """
    of_all_tables = execute(names)

    add_partitions(CHARGES, 3 * MONTHS)

    assert execute(references) == of_another_table
    assert execute(names) == of_all_tables
    assert partition_of("billing_charge", operation) == f"billing_charge_{at.year}"
    [line] = LedgerEntry.objects.filter(operation=operation)
    assert partition_of("billing_ledgerentry", line.pk) == f"billing_ledgerentry_{at.year}"
    assert ImageTakedown.objects.get().operation.charge_id == operation
    with refused("append-only: DELETE refused"):
        LedgerEntry.objects.filter(pk=line.pk).delete()
    with refused("foreign key"):
        ImageTakedown.objects.update(operation="0" * 24)
        execute("SET CONSTRAINTS ALL IMMEDIATE")
    start_at(payer, in_years(9))
    with refused("append-only: DELETE refused"):
        execute("DELETE FROM billing_ledgerentry_default")


@pytest.mark.parametrize("table", [table.name for table in BOOKS])
def test_the_books_are_moved_but_not_detached(db: None, table: str) -> None:
    with pytest.raises(CommandError, match="Move it to another tablespace instead"):
        call_command("partition", "--detach", f"{table}_first", stdout=StringIO())
    assert f"{table}_first" in [each.name for t in BOOKS for each in read_partitions(t)]


def test_the_books_of_a_moved_year_are_found_and_proven(payer: Keys, cold: str) -> None:
    operation = start_at(payer, database_now())
    finish_operation_of(payer, operation)
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    for table in BOOKS:
        call_command("partition", "--move", f"{table.name}_first", cold, stdout=StringIO())

    moved = execute(
        "SELECT count(*) FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace"
        " WHERE spcname = %s AND relname LIKE '%%_first' AND relkind = 'r'",
        cold,
    )
    assert moved == [(3,)]
    mine = ImageOperation.objects.of(payer.partner.id)
    receipt = mine.with_receipt(operation).get()
    assert receipt.charge
    assert [line.points for line in receipt.charge.entries.all()] == [-800]
    assert check_ledger().ok
    assert start_at(payer, database_now())
