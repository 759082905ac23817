"""What moves points or money reads rows under their locks, so that it sees what others changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.locks import lock_partner
from billing.models import Approval, Invoice, Package, PointBucket, Purchase, Tier
from billing.models.invoices import InvoiceCounter
from billing.services import (
    approve,
    rename_package,
    resolve_review,
    schedule_price,
)
from billing.services.claims import lock_approval
from billing.services.review import lock_purchase
from billing.services.sandbox import pay, refund_payment
from tests.billing.approvals import Kind, ask, person
from tests.billing.operations import refund, start, succeed
from tests.billing.purchases import buy, settle
from tests.concurrency import waits_for, waits_to_read
from tests.factories import Keys, bucket

pytestmark = pytest.mark.usefixtures("price_list")

Change = tuple[QuerySet[Any], Callable[[], object]]


def debtor(keys: Keys) -> QuerySet[PointBucket]:
    """Return a bucket that owes a point, as after a refund of points that were used."""
    rows = PointBucket.objects.filter(pk=bucket(keys.partner, 500).pk)
    rows.update(owed=100)
    return rows


def decide(keys: Keys, kind: Approval.Kind, points: int, **terms: Any) -> Callable[[], object]:
    approval = ask(keys.partner, kind, points, **terms)
    return partial(approve, approval=approval, approver=person("ravi@shopiq.test"))


def debt_that_a_payment_settles(keys: Keys) -> Change:
    return debtor(keys), partial(pay, buy(keys.partner))


def debt_that_is_written_off(keys: Keys) -> Change:
    return debtor(keys), decide(keys, Kind.WRITE_OFF, 100)


def bucket_to_correct(keys: Keys) -> Change:
    row = bucket(keys.partner, 500)
    return PointBucket.objects.all(), decide(keys, Kind.CORRECTION, -100, bucket=row)


def bucket_of_a_refund(keys: Keys) -> Change:
    purchase = pay(buy(keys.partner))
    return PointBucket.objects.all(), partial(refund_payment, purchase, paise=100)


def purchase_to_pay(keys: Keys) -> Change:
    return Purchase.objects.all(), partial(pay, buy(keys.partner))


def purchase_to_review(keys: Keys) -> Change:
    purchase = buy(keys.partner)
    Purchase.objects.update(attention="Payment pay_2 is too much.")
    return Purchase.objects.all(), partial(resolve_review, purchase=purchase, actor="t")


def request_to_approve(keys: Keys) -> Change:
    change = decide(keys, Kind.GRANT, 100, tier=Tier.objects.get(pk="starter"))
    return Approval.objects.all(), change


def person_who_asks(keys: Keys) -> Change:
    change = partial(ask, keys.partner, Kind.GRANT, 100, tier=Tier.objects.get(pk="starter"))
    return User.objects.filter(pk=person().pk), change


def tier_of_a_price(keys: Keys) -> Change:
    tier = Tier.objects.get(pk="starter")
    change = partial(schedule_price, tier=tier, action="create", mode="fast", points=777, actor="t")
    return Tier.objects.filter(pk=tier.pk), change


def package_to_rename(keys: Keys) -> Change:
    package = Package.objects.get(pk="pack_5000")
    change = partial(rename_package, package=package, name=package.name, actor="t")
    return Package.objects.filter(pk=package.pk), change


@pytest.mark.parametrize(
    "prepare",
    [
        debt_that_a_payment_settles,
        debt_that_is_written_off,
        bucket_to_correct,
        bucket_of_a_refund,
        purchase_to_pay,
        purchase_to_review,
        request_to_approve,
        person_who_asks,
        tier_of_a_price,
        package_to_rename,
    ],
)
def test_a_row_is_read_under_its_lock(payer: Keys, prepare: Callable[[Keys], Change]) -> None:
    rows, change = prepare(payer)
    assert waits_to_read(rows, change)


def test_what_is_locked_comes_with_its_partner(
    payer: Keys, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    asked = ask(payer.partner, Kind.GRANT, 100, tier=Tier.objects.get(pk="starter"))
    with transaction.atomic():
        locked: list[Purchase | Approval] = [
            lock_purchase(buy(payer.partner).pk),
            lock_approval(approval_id=asked.pk),
        ]

    with django_assert_num_queries(0):
        assert {each.partner for each in locked} == {payer.partner}


def test_people_do_not_wait_for_strangers(payer: Keys) -> None:
    _, change = person_who_asks(payer)
    stranger = User.objects.filter(pk=person("dev@shopiq.test").pk)

    assert not waits_for(lambda: list(stranger.select_for_update()), change)


def test_an_invoice_is_dated_when_its_number_is_free(payer: Keys) -> None:
    settle(buy(payer.partner))
    waited_until: list[datetime] = []

    waits_to_read(
        InvoiceCounter.objects.all(),
        partial(settle, buy(payer.partner), "pay_2"),
        meanwhile=lambda: waited_until.append(timezone.now()),
    )

    assert Invoice.objects.latest("number").issued_at > waited_until[0]


def test_points_move_behind_the_lock_on_the_partner(payer: Keys) -> None:
    """So each change of a bucket sees the one before."""
    bucket(payer.partner, 10_000)
    kept, returned = start(payer), start(payer)
    paid, unpaid = pay(buy(payer.partner)), buy(payer.partner)
    starter = Tier.objects.get(pk="starter")
    lock = partial(lock_partner, payer.partner.pk)
    changes: dict[str, Callable[[], object]] = {
        "charge": lambda: start(payer),
        "success": lambda: succeed(kept),
        "refund": lambda: refund(returned),
        "payment": lambda: pay(unpaid),
        "payment that went back": lambda: refund_payment(paid, paise=100),
        "approved movement": decide(payer, Kind.GRANT, 100, tier=starter),
    }
    assert [name for name, change in changes.items() if not waits_for(lock, change)] == []
