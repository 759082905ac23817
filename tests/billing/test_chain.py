"""The hash chain: every entry is in it once, and whatever is done to one is named."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.chains import AUDIT
from accounts.services.audit import record_audit
from billing.chains import LEDGER
from billing.models import LedgerDigest, LedgerEntry
from billing.services import check_ledger
from config.chain.canonical import FIRST_HASH, chain_hash
from config.chain.chains import registered_chains
from config.chain.verification import BrokenChain, Fault, verify_chain
from config.db.owned import PLATFORM_ID
from tests.billing.chains import covered, extend, stored, tamper, without_triggers
from tests.billing.operations import start, succeed
from tests.factories import Keys, PartnerFactory

pytestmark = pytest.mark.usefixtures("no_delay")


def fault_of(keys: Keys) -> Fault:
    with pytest.raises(BrokenChain) as caught:
        verify_chain(chain=LEDGER, partner_id=keys.partner.id)
    assert caught.value.fault.partner == keys.partner.id
    return caught.value.fault


def test_every_entry_is_covered_once_in_the_order_of_time(chained: Keys) -> None:
    for chain in registered_chains():
        assert covered(chain, chained.partner.id) == stored(chain, chained.partner.id) != []
    before = LedgerDigest.objects.count()

    extend()

    assert LedgerDigest.objects.count() == before
    assert check_ledger().ok


def test_an_entry_is_hashed_as_documented(chained: Keys) -> None:
    first = LedgerEntry.objects.of(chained.partner.id).in_order()[0]
    text = (
        f'{{"bucket_id":"{first.bucket_id}","created_at":"{first.created_at:%Y-%m-%dT%H:%M:%S.%fZ}",'
        f'"id":"{first.id}","kind":"credit","operation_id":null,"partner_id":"{first.partner_id}",'
        '"points":500,"reverses_id":null}'
    )
    digest = LedgerDigest.objects.get(number=1)

    assert bytes(digest.hashes)[:32] == chain_hash(FIRST_HASH, text)


@pytest.mark.parametrize("chain", registered_chains(), ids=lambda chain: chain.name)
def test_the_hashes_cover_every_column(chain: Any) -> None:
    assert {field.attname for field in chain.entries._meta.concrete_fields} == set(chain.fields)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, "points = points + 1"),
        (5, "points = points * 2"),
        (-1, "points = points * 2"),
        (4, "bucket_id = (SELECT max(id) FROM billing_pointbucket WHERE id <> bucket_id)"),
        (4, "operation_id = left(operation_id, 21) || '000'"),
        (4, "created_at = created_at + interval '1 microsecond'"),
        (4, "created_at = created_at - interval '1 year'"),
    ],
)
def test_a_changed_entry_is_named(chained: Keys, place: int, change: str) -> None:
    victim = covered(LEDGER, chained.partner.id)[place]
    tamper(f"UPDATE billing_ledgerentry SET {change} WHERE id = %s", victim)

    assert fault_of(chained).entry == victim
    assert check_ledger().faults == [fault_of(chained)]


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_deleted_entry_is_named(chained: Keys, place: int) -> None:
    victim = covered(LEDGER, chained.partner.id)[place]
    tamper("DELETE FROM billing_ledgerentry WHERE id = %s", victim)

    fault = fault_of(chained)

    assert (fault.entry, fault.problem) == (victim, "was deleted")


def test_an_entry_moved_to_another_partner_is_named(chained: Keys) -> None:
    victim = covered(LEDGER, chained.partner.id)[4]
    other = PartnerFactory.create().pk
    tamper("UPDATE billing_ledgerentry SET partner_id = %s WHERE id = %s", other, victim)

    assert fault_of(chained).entry == victim


@pytest.mark.parametrize("place", [0, 5, -1])
def test_an_inserted_entry_is_named(chained: Keys, place: int) -> None:
    """It has the time of another one, or it would simply be a new entry."""
    twin = covered(LEDGER, chained.partner.id)[place]
    tamper(
        "INSERT INTO billing_ledgerentry (id, partner_id, bucket_id, kind, points, created_at)"
        " SELECT 'f' || substr(id, 2), partner_id, bucket_id, 'refund', -1, created_at"
        " FROM billing_ledgerentry WHERE id = %s",
        twin,
    )

    fault = fault_of(chained)

    assert (fault.entry, fault.problem) == (f"f{twin[1:]}", "was inserted later")


def test_entries_in_another_order_are_named(chained: Keys) -> None:
    first, second = covered(LEDGER, chained.partner.id)[4:6]
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE billing_ledgerentry a SET created_at = b.created_at FROM billing_ledgerentry b"
            " WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))",
            [first, second, second, first],
        )

    assert fault_of(chained).entry == first


@pytest.mark.parametrize(
    "change",
    ["total = total + 1", "until = until + interval '1 hour'", "hashes = hashes || hashes"],
)
def test_a_changed_digest_is_named(chained: Keys, change: str) -> None:
    tamper(f"UPDATE billing_ledgerdigest SET {change} WHERE number = 2")

    assert fault_of(chained).digest in (2, 3)


def test_a_missing_digest_is_named(chained: Keys) -> None:
    tamper("DELETE FROM billing_ledgerdigest WHERE number = 2")

    fault = fault_of(chained)

    assert (fault.digest, fault.entry, fault.problem) == (2, "", "is missing")


def test_a_rewritten_chain_has_no_valid_signature(chained: Keys, settings: Any) -> None:
    """Someone who has the database but not the keys can recompute all hashes, but not sign them."""
    with without_triggers() as cursor:
        cursor.execute("UPDATE billing_ledgerentry SET points = points * 2")
        cursor.execute("DELETE FROM billing_ledgerdigest")
        cursor.execute("DELETE FROM accounts_auditdigest")
    ours, settings.SIGNING_KEYS = settings.SIGNING_KEYS, [f"1:{'A' * 43}="]
    extend()
    assert not check_ledger().faults
    settings.SIGNING_KEYS = ours

    fault = fault_of(chained)

    assert (fault.digest, fault.entry) == (1, "")
    assert "not signed" in fault.problem


def test_a_key_is_replaced_without_breaking_the_chain(chained: Keys, settings: Any) -> None:
    settings.SIGNING_KEYS = [f"2:{'A' * 43}=", *settings.SIGNING_KEYS]
    succeed(start(chained))
    extend()

    assert LedgerDigest.objects.order_by("number").last().key_version == 2  # type: ignore[union-attr]
    assert check_ledger().ok


def test_the_audit_trail_of_the_platform_is_chained_too(chained: Keys) -> None:
    record_audit(partner=None, actor="a@b.test", action="price.changed", note="₹ “é”\n", n=[1.5])
    extend()
    assert check_ledger().ok

    tamper("UPDATE accounts_auditentry SET actor = 'x' WHERE partner_id = %s", PLATFORM_ID)
    [fault] = check_ledger().faults
    assert (fault.chain, fault.entry) == ("audit", covered(AUDIT, PLATFORM_ID)[0])


def test_digests_end_with_the_month(chained: Keys) -> None:
    entries = covered(LEDGER, chained.partner.id)
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM billing_ledgerdigest")
        cursor.execute(
            "UPDATE billing_ledgerentry SET created_at = created_at - interval '70 days'"
            " WHERE id = ANY (%s)",
            [entries[:4]],
        )
    extend()

    months = [
        {entry.created_at.month for entry in LedgerEntry.objects.filter(pk__in=digest.entry_ids)}
        for digest in LedgerDigest.objects.order_by("number")
    ]
    assert all(len(month) == 1 for month in months)
    assert covered(LEDGER, chained.partner.id) == stored(LEDGER, chained.partner.id)
    assert check_ledger().ok
