"""The database rejects what no code may do to purchases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from billing.models import AlertThreshold, LedgerEntry, PointBucket, Purchase
from tests.billing.purchases import buy, settle
from tests.factories import PartnerFactory, bucket

pytestmark = pytest.mark.django_db

STATES = Purchase.State.values
UNPAID = {"created", "pending", "failed", "cancelled", "expired"}


@contextmanager
def refused(saying: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=saying), transaction.atomic():
        yield


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("points", 1),
        ("amount_paise", 1),
        ("total_paise", 1),
        ("currency", "USD"),
        ("reference", "SQ-OTHER"),
        ("gateway", "manual"),
        ("package_name", "Other"),
        ("place_of_supply", "01"),
        ("created_by", "other@shopiq.test"),
        ("created_at", timezone.now()),
        ("partner_id", "0" * 24),
    ],
)
def test_what_was_agreed_never_changes(field: str, value: object) -> None:
    purchase = buy(PartnerFactory.create())
    with refused("never changes"):
        Purchase.objects.filter(pk=purchase.pk).update(**{field: value})


@pytest.mark.parametrize("field", ["payment_id", "paid_at", "bucket_id", "excess_paise"])
def test_a_booked_payment_never_changes(field: str) -> None:
    purchase = settle(buy(PartnerFactory.create()))
    other = bucket(purchase.partner, 100)
    values = {
        "payment_id": "other",
        "paid_at": timezone.now(),
        "bucket_id": other.id,
        "excess_paise": 1,
    }
    with refused("never changes"):
        Purchase.objects.filter(pk=purchase.pk).update(**{field: values[field]})


@pytest.mark.parametrize("state", sorted(set(STATES) - {"paid", "refunding", "refunded"}))
def test_a_paid_purchase_can_only_be_refunded(state: str) -> None:
    purchase = settle(buy(PartnerFactory.create()))
    with refused("cannot go from paid"):
        Purchase.objects.filter(pk=purchase.pk).update(state=state)


@pytest.mark.parametrize("state", [state for state in STATES if state != "refunded"])
def test_what_is_refunded_stays_so(state: str) -> None:
    purchase = settle(buy(PartnerFactory.create()))
    rows = Purchase.objects.filter(pk=purchase.pk)
    rows.update(state="refunding")
    rows.update(state="refunded")
    with refused("cannot go from refunded"):
        rows.update(state=state)


@pytest.mark.parametrize("state", ["refunding", "refunded", "created"])
@pytest.mark.parametrize("before", sorted(UNPAID - {"created"}))
def test_without_a_payment_there_is_no_refund_and_no_way_back(before: str, state: str) -> None:
    purchase = buy(PartnerFactory.create())
    rows = Purchase.objects.filter(pk=purchase.pk)
    rows.update(state=before)
    with refused("cannot go from"):
        rows.update(state=state)


def test_paid_means_a_payment_and_a_bucket() -> None:
    rows = Purchase.objects.filter(pk=buy(PartnerFactory.create()).pk)
    with refused("purchase_paid_with_payment_and_bucket"):
        rows.update(state="paid")
    with refused("purchase_paid_with_payment_and_bucket"):
        rows.update(payment_id="pay_1")
    with refused("purchase_state_known"):
        rows.update(state="lost")


def test_a_purchase_is_never_deleted() -> None:
    purchase = buy(PartnerFactory.create())
    with refused("DELETE refused"):
        Purchase.objects.filter(pk=purchase.pk).delete()


def test_one_payment_and_one_order_belong_to_one_purchase_of_a_gateway() -> None:
    first, second = settle(buy(PartnerFactory.create())), buy(PartnerFactory.create())
    rows = Purchase.objects.filter(pk=second.pk)
    with refused("purchase_order_once_per_gateway"):
        rows.update(gateway_order_id=first.gateway_order_id)
    credited = bucket(second.partner, 100)
    with refused("payment_buys_once_per_gateway"):
        rows.update(
            state="paid", payment_id=first.payment_id, paid_at=timezone.now(), bucket=credited
        )


def test_amounts_that_do_not_add_up_are_refused() -> None:
    purchase = buy(PartnerFactory.create())
    for change in ({"tax_paise": 1}, {"total_paise": 1}, {"cgst_paise": 1}, {"amount_paise": 0}):
        copy = Purchase.objects.get(pk=purchase.pk)
        copy.pk, copy.reference, copy.gateway_order_id = f"{1:024x}", "SQ-COPY", None
        vars(copy).update(change)
        with refused("purchase_amounts_add_up"):
            copy.save(force_insert=True)


def test_no_more_goes_back_than_was_paid() -> None:
    rows = Purchase.objects.filter(pk=settle(buy(PartnerFactory.create())).pk)
    for field in ("returned_paise", "returned_points"):
        rows.update(**{field: 1})
        with refused("only grows"):
            rows.update(**{field: 0})
        with refused("purchase_returns_no_more_than_paid"):
            rows.update(**{field: 1_000_000_000})


def test_a_bucket_settles_debts_once() -> None:
    filled = bucket(PartnerFactory.create(), 500)
    entry = {"partner": filled.partner, "bucket": filled, "kind": "debt", "points": -1}
    LedgerEntry.objects.create(**entry, created_at=timezone.now())
    with refused("ledger_one_debt_per_bucket"):
        LedgerEntry.objects.create(**entry, created_at=timezone.now())


@pytest.mark.parametrize(
    "change",
    [{"taken": 501}, {"remaining": 1, "taken": 500}, {"held": 501}, {"owed": 501}, {"owed": -1}],
    ids=str,
)
def test_a_bucket_gives_back_freezes_and_owes_within_its_size(change: dict[str, int]) -> None:
    filled = bucket(PartnerFactory.create(), 500)
    with refused("bucket_never_overdrawn_nor_overfull|bucket_holds_and_owes_within_its_size"):
        PointBucket.objects.filter(pk=filled.pk).update(**{"remaining": 0, **change})


@pytest.mark.parametrize("threshold", [0, -1])
def test_an_alert_needs_a_threshold_above_zero(threshold: int) -> None:
    with refused("alert_threshold_positive"):
        AlertThreshold.objects.create(partner=PartnerFactory.create(), points=threshold)


def test_a_threshold_stands_once_per_partner() -> None:
    first = AlertThreshold.objects.create(partner=PartnerFactory.create(), points=100)
    with refused("alert_threshold_once_per_partner"):
        AlertThreshold.objects.create(partner=first.partner, points=100)
