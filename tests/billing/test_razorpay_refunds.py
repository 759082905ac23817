"""Refunds by way of Razorpay."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Partner
from billing.models import Purchase
from billing.services import reconcile_pending, reconcile_purchase
from tests.billing.approvals import refund_purchase
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.purchases import balance, buy, let_come_due, numbers, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(fake: FakeRazorpay, partner: Partner) -> Purchase:
    return buy(partner, "razorpay")


def test_a_payment_is_given_back_once(fake: FakeRazorpay, purchase: Purchase) -> None:
    fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)

    refunded = refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")

    [refund] = fake.refunds.values()
    assert (refund["amount"], refund["payment_id"]) == (590_000, purchase.payment_id)
    assert (refunded.state, refunded.refund_id) == ("refunded", refund["id"])


def test_a_refund_whose_response_was_lost_is_not_repeated(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    fake.swallow = True
    refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")
    fake.swallow = False

    assert reconcile_purchase(purchase=Purchase.objects.get()).state == "refunded"
    assert len(fake.refunds) == 1


@pytest.mark.parametrize(
    ("status", "needs_staff"),
    [(500, False), (429, False), (409, False), (400, True), (499, True)],
)
def test_a_refund_that_the_gateway_does_not_make_is_tried_again(
    fake: FakeRazorpay, purchase: Purchase, partner: Partner, status: int, needs_staff: bool
) -> None:
    fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    fake.broken = status
    waiting = refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")
    assert (waiting.state, bool(waiting.attention)) == ("refunding", needs_staff)
    assert balance(partner) == 0

    fake.broken = None
    let_come_due(purchase)
    reconcile_pending()

    assert state_of(purchase) == "refunded"
    assert (len(fake.refunds), numbers("credit_note")) == (1, [1])


def test_a_gateway_that_cannot_be_reached_needs_no_staff(
    fake: FakeRazorpay, purchase: Purchase, settings: Any
) -> None:
    fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    settings.RAZORPAY_BASE_URL = "http://127.0.0.1:9"

    waiting = refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")

    assert (waiting.state, waiting.attention) == ("refunding", "")


@pytest.mark.parametrize(
    ("amount", "status", "state"),
    [
        (590_000, "processed", "refunded"),
        (590_000, "failed", "refunding"),
        (100, "processed", "refunding"),
    ],
)
def test_a_payment_that_was_given_back_by_hand_is_found(
    fake: FakeRazorpay, purchase: Purchase, amount: int, status: str, state: str
) -> None:
    payment = fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    fake.refund(payment["id"], amount, status=status)

    refunded = refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")

    assert (refunded.state, bool(refunded.attention)) == (state, state == "refunding")
    assert len(fake.refunds) == 1
