"""What is unspent of a purchase is refunded, and the rest stays bought."""

from __future__ import annotations

import pytest

from billing.models import Approval, Invoice, PointBucket, Purchase, SandboxReturn
from billing.services import (
    NotRefundable,
    PointsAlreadyUsed,
    check_ledger,
    reconcile_pending,
    reconcile_purchase,
)
from billing.services.approval_preview import preview_approval
from billing.services.sandbox import dispute, pay, refund_payment
from tests.billing.approvals import person, refund_purchase
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.killed_refunds import die_before_the_gateway
from tests.billing.operations import refund as refund_call
from tests.billing.operations import start, succeed
from tests.billing.purchases import balance, buy, let_come_due, numbers
from tests.factories import Keys, partner_with_keys

#: Hundredths that one call takes of the 500,000 of a purchase for ₹5,900.00.
CALL = 800
REST = 500_000 - CALL
#: Their share of the payment, rounded down to a paisa.
PAISE = 590_000 * REST // 500_000


@pytest.fixture
def payer(live_db: None) -> Keys:
    return partner_with_keys()


def state_of(purchase: Purchase) -> tuple[str, int, int]:
    purchase.refresh_from_db()
    return purchase.state, purchase.returned_paise, purchase.returned_points


def refund_unspent(purchase: Purchase) -> Purchase:
    return refund_purchase(purchase=purchase, unspent=True)


def test_the_share_of_unspent_points_goes_back_with_a_credit_note(payer: Keys) -> None:
    purchase = pay(buy(payer.partner))
    succeed(start(payer))

    refund_unspent(purchase)

    assert state_of(purchase) == ("paid", PAISE, REST)
    assert (balance(payer.partner), PointBucket.objects.get().owed) == (0, 0)
    assert Invoice.objects.get(kind="credit_note").total_paise == PAISE
    assert check_ledger().ok
    with pytest.raises(PointsAlreadyUsed):
        refund_unspent(purchase)
    # What was used is owed if the rest of the payment goes back as well.
    refund_payment(purchase, paise=590_000 - PAISE)
    assert state_of(purchase) == ("refunded", 590_000, 500_000)
    assert PointBucket.objects.get().owed == CALL
    assert check_ledger().ok


def test_of_an_unused_purchase_it_is_the_whole(payer: Keys) -> None:
    purchase = pay(buy(payer.partner))
    refund_unspent(purchase)
    assert state_of(purchase) == ("refunded", 590_000, 500_000)


def test_points_that_come_back_later_are_refunded_too(payer: Keys) -> None:
    purchase, running = pay(buy(payer.partner)), start(payer)
    refund_unspent(purchase)
    assert state_of(purchase) == ("paid", PAISE, REST)
    refunds_before = numbers("credit_note")

    refund_call(running)
    assert balance(payer.partner) == CALL
    refund_unspent(purchase)
    assert state_of(purchase) == ("refunded", 590_000, 500_000)
    assert len(numbers("credit_note")) == len(refunds_before) + 1
    assert check_ledger().ok


def test_nothing_goes_back_while_a_dispute_is_open(payer: Keys) -> None:
    purchase = pay(buy(payer.partner))
    dispute(purchase)
    with pytest.raises(NotRefundable, match="open"):
        refund_unspent(purchase)
    shown = preview_approval(approval=Approval.objects.get(), viewer=person("ravi@shopiq.test"))
    assert shown.problem == "This purchase cannot be refunded: A refund or dispute is open."


def test_one_that_was_killed_is_finished_once(payer: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    purchase = pay(buy(payer.partner))
    succeed(start(payer))
    die_before_the_gateway(lambda: refund_unspent(purchase), monkeypatch)
    assert state_of(purchase) == ("refunding", 0, REST)

    for _ in range(2):
        let_come_due(purchase)
        reconcile_pending()

    assert state_of(purchase) == ("paid", PAISE, REST)
    assert numbers("credit_note") == [1]


@pytest.mark.parametrize(("paise", "refunds"), [(100_000, 2), (PAISE - 1, 2), (PAISE, 1)])
def test_a_part_refunded_by_hand_meanwhile_counts(
    payer: Keys, monkeypatch: pytest.MonkeyPatch, paise: int, refunds: int
) -> None:
    purchase = pay(buy(payer.partner))
    succeed(start(payer))
    die_before_the_gateway(lambda: refund_unspent(purchase), monkeypatch)
    refund_payment(purchase, paise=paise)

    assert state_of(purchase) == ("paid", PAISE, REST)
    assert SandboxReturn.objects.count() == refunds
    assert PointBucket.objects.get().owed == 0
    assert check_ledger().ok


def test_a_gateway_is_asked_for_the_part_once(payer: Keys, fake: FakeRazorpay) -> None:
    purchase = buy(payer.partner, "razorpay")
    fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    succeed(start(payer))
    fake.swallow = True
    purchase.refresh_from_db()
    refund_unspent(purchase)
    fake.swallow = False
    assert state_of(purchase)[0] == "refunding"

    reconcile_purchase(purchase=Purchase.objects.get())

    assert state_of(purchase) == ("paid", PAISE, REST)
    assert [refund["amount"] for refund in fake.refunds.values()] == [PAISE]
