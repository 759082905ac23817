"""A purchase is refunded as a whole, once, and only while nothing of it is used."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.models import LedgerEntry, PointBucket, Purchase
from billing.services import (
    NotRefundable,
    PointsAlreadyUsed,
    approvals,
    check_ledger,
    reconcile_pending,
    reconcile_purchase,
    refunds,
)
from billing.services.sandbox import pay
from imaging.services import InsufficientPoints
from imaging.services.statistics import read_usage
from tests.billing.approvals import receive_transfer, refund_purchase
from tests.billing.killed_refunds import die_before_the_gateway
from tests.billing.operations import refund as refund_call
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import balance, buy, let_come_due, numbers, settle
from tests.factories import Keys, partner_with_keys


@pytest.fixture
def payer(live_db: None) -> Keys:
    return partner_with_keys()


@pytest.fixture
def purchase(payer: Keys) -> Purchase:
    return pay(buy(payer.partner))


def refund(purchase: Purchase) -> Purchase:
    return refund_purchase(purchase=purchase, actor="staff@shopiq.test", reason="Bought twice")


def test_points_and_money_go_back_with_a_credit_note(payer: Keys, purchase: Purchase) -> None:
    refunded = refund(purchase)

    assert (refunded.state, refunded.refund_reason) == ("refunded", "Bought twice")
    assert (balance(payer.partner), numbers("credit_note")) == (0, [1])
    entries = LedgerEntry.objects.of(payer.partner.id).in_order().values_list("kind", "points")
    assert list(entries) == [("credit", 500_000), ("refund", -500_000)]
    assert check_ledger().ok
    actors = dict(AuditEntry.objects.values_list("action", "actor"))
    assert actors["purchase.refund_started"] == "staff@shopiq.test"
    assert actors["purchase.refunded"] == "gateway:sandbox"


def test_while_a_refund_is_made_no_other_process_makes_it(
    purchase: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(approvals, "finish_refund", die)
    with pytest.raises(KeyboardInterrupt):
        refund(purchase)

    purchase.refresh_from_db()
    assert purchase.next_check_at
    wait = purchase.next_check_at - timezone.now()
    assert timedelta(seconds=10) < wait <= timedelta(seconds=60)


def test_refunded_points_do_not_count_as_used(payer: Keys, purchase: Purchase) -> None:
    second = pay(buy(payer.partner))
    succeed(start(payer))
    refund(second)

    usage = read_usage(payer.partner.id)

    assert (usage.total_used, usage.balance) == (800, 499_200)


def test_of_a_purchase_that_was_used_nothing_is_refunded(payer: Keys, purchase: Purchase) -> None:
    operation = start(payer)
    for end in (lambda: None, lambda: succeed(operation)):
        end()
        with pytest.raises(PointsAlreadyUsed):
            refund(purchase)

    assert Purchase.objects.get().state == "paid"
    assert balance(payer.partner) == 499_200


def test_points_that_a_failed_call_gave_back_do_not_count_as_used(
    payer: Keys, purchase: Purchase
) -> None:
    refund_call(start(payer))

    assert refund(purchase).state == "refunded"
    assert check_ledger().ok


def test_only_what_is_paid_is_refunded_and_only_once(payer: Keys, purchase: Purchase) -> None:
    with pytest.raises(NotRefundable):
        refund(buy(payer.partner))
    refund(purchase)
    with pytest.raises(NotRefundable, match="Refunded"):
        refund(purchase)

    assert LedgerEntry.objects.filter(kind="refund").count() == 1


def test_a_payment_that_the_gateway_does_not_know_is_left_to_staff(payer: Keys) -> None:
    refunded = refund(settle(buy(payer.partner), "pay_unknown"))

    assert refunded.state == "refunding"
    assert "rejected the refund" in refunded.attention
    assert reconcile_purchase(purchase=refunded).state == "refunding"


def test_a_transfer_is_refunded_by_staff_and_noted_here(payer: Keys) -> None:
    transfer = receive_transfer(purchase=buy(payer.partner, "manual"))

    assert refund(transfer).refund_id == f"bank:{transfer.reference}"


def test_refunds_and_calls_at_once_leave_either_the_points_or_the_money(
    payer: Keys, purchase: Purchase
) -> None:
    tasks: list[Any] = [partial(refund, purchase)] * 4 + [partial(start, payer)] * 4

    results = race(*tasks)

    expected = (NotRefundable, PointsAlreadyUsed, InsufficientPoints)
    only(expected, results)  # type: ignore[arg-type]
    state = Purchase.objects.get().state
    used = PointBucket.objects.get().remaining
    assert (state, used) in [("refunded", 0), ("paid", 500_000 - 4 * 800)]
    assert check_ledger().ok


def test_a_refund_that_was_killed_before_the_gateway_was_asked_is_finished(
    payer: Keys, purchase: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_before_the_gateway(lambda: refund(purchase), monkeypatch)
    assert (Purchase.objects.get().state, balance(payer.partner)) == ("refunding", 0)
    assert numbers("credit_note") == []

    let_come_due(purchase)
    assert reconcile_pending() == 1

    assert (Purchase.objects.get().state, numbers("credit_note")) == ("refunded", [1])


def test_two_who_finish_a_refund_issue_one_credit_note(payer: Keys, purchase: Purchase) -> None:
    Purchase.objects.filter(pk=purchase.pk).update(state="refunding")
    purchase.refresh_from_db()

    only(KeyError, race(*[partial(refunds.finish_refund, purchase=purchase)] * 4))

    assert numbers("credit_note") == [1]
