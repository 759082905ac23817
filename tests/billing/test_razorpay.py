"""Payment links against a server that speaks Razorpay's protocol."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Partner
from billing.gateways import gateway_named
from billing.models import PaymentReturn, Purchase
from billing.services import (
    PaymentUnavailable,
    cancel_purchase,
    open_checkout,
    reconcile_disputes,
    reconcile_pending,
    reconcile_purchase,
)
from billing.services.sandbox import pay_late
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.purchases import balance, buy, let_come_due, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(fake: FakeRazorpay, partner: Partner) -> Purchase:
    return buy(partner, "razorpay")


def test_a_purchase_makes_one_link_over_its_whole_sum(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    link = fake.link_of(purchase.reference)

    assert (link["amount"], link["currency"], link["accept_partial"]) == (590_000, "INR", False)
    assert link["description"] == f"{purchase.package_name}, 5000 points"
    assert link["expire_by"] == int((purchase.created_at + timedelta(days=3)).timestamp())
    assert link["callback_url"].endswith(purchase.get_absolute_url())
    assert (link["notify"], link["reminder_enable"]) == ({"sms": False, "email": False}, False)
    assert (purchase.gateway_order_id, purchase.checkout_url) == (link["id"], link["short_url"])


def test_opening_the_checkout_again_finds_the_same_link(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    before = purchase.checkout_url

    assert open_checkout(purchase=purchase).checkout_url == before
    assert len(fake.links) == 1


@pytest.mark.parametrize(
    "trouble", [{"broken": 500}, {"broken": 401}, {"delay": 5.0}, {"padding": 1024 * 1024}]
)
def test_a_gateway_in_trouble_leaves_a_purchase_that_can_be_tried_again(
    fake: FakeRazorpay, partner: Partner, settings: Any, trouble: dict[str, Any]
) -> None:
    settings.RAZORPAY_TIMEOUT_SECONDS = 0.2 if "delay" in trouble else 15
    vars(fake).update(trouble)
    with pytest.raises(PaymentUnavailable) as caught:
        buy(partner, "razorpay")
    assert state_of(caught.value.purchase) == "created"

    vars(fake).update(broken=None, delay=0.0, padding=0)
    settings.RAZORPAY_TIMEOUT_SECONDS = 15
    assert open_checkout(purchase=caught.value.purchase).checkout_url


def test_a_link_whose_response_was_lost_is_found_again(
    fake: FakeRazorpay, partner: Partner
) -> None:
    fake.swallow = True
    with pytest.raises(PaymentUnavailable) as lost:
        buy(partner, "razorpay")

    purchase = open_checkout(purchase=lost.value.purchase)

    assert [purchase.gateway_order_id] == list(fake.links)


def test_a_link_whose_response_was_lost_can_still_be_paid(
    fake: FakeRazorpay, partner: Partner
) -> None:
    fake.swallow = True
    with pytest.raises(PaymentUnavailable) as lost:
        buy(partner, "razorpay")
    fake.pay(lost.value.purchase.reference)

    assert reconcile_purchase(purchase=lost.value.purchase).state == "paid"


def test_a_link_may_be_answered_as_created(fake: FakeRazorpay, partner: Partner) -> None:
    fake.made_status = 201

    assert buy(partner, "razorpay").gateway_order_id in fake.links


def test_the_last_twenty_attempts_of_a_link_are_read(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    made = [fake.fail(purchase.reference)["id"] for _ in range(21)]

    attempts = gateway_named("razorpay").fetch(purchase)

    assert [attempt.id for attempt in attempts] == made[1:]


def test_of_a_payment_it_is_told_what_remains_after_refunds(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    fake.refund(fake.pay(purchase.reference)["id"], 100)

    [payment] = gateway_named("razorpay").fetch(purchase)

    assert (payment.amount_paise, payment.remaining_paise) == (590_000, 589_900)


def test_the_latest_thousand_disputes_are_read_in_pages(fake: FakeRazorpay) -> None:
    for _ in range(1_001):
        newest = fake.dispute("pay_1", 1)

    disputes = gateway_named("razorpay").fetch_disputes(timezone.now() - timedelta(days=1))

    assert (len(disputes), disputes[0].id) == (1_000, newest["id"])
    assert fake.calls == ["GET /v1/disputes"] * 10


def test_a_long_reason_of_a_dispute_is_cut(fake: FakeRazorpay, purchase: Purchase) -> None:
    payment = fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    fake.dispute(payment["id"], 590_000, reason_code="x" * 101)

    assert reconcile_disputes() == 1
    assert PaymentReturn.objects.get().reason == "x" * 100


def test_a_purchase_that_never_got_a_link_has_no_payments(
    fake: FakeRazorpay, partner: Partner
) -> None:
    fake.broken = 500
    with pytest.raises(PaymentUnavailable) as lost:
        buy(partner, "razorpay")
    fake.broken = None

    assert reconcile_purchase(purchase=lost.value.purchase).state == "created"
    assert not fake.links


def test_the_browsers_return_is_a_hint_and_the_gateway_is_asked(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    link = fake.link_of(purchase.reference)
    link["callback_url"] = "http://127.0.0.1:9/back"
    fake._hosted_page(link)
    assert state_of(purchase) == "pending"

    assert reconcile_purchase(purchase=purchase).state == "paid"


def test_a_captured_payment_without_an_event_is_found(
    fake: FakeRazorpay, purchase: Purchase, partner: Partner
) -> None:
    fake.pay(purchase.reference)
    let_come_due(purchase)

    assert reconcile_pending() == 1
    assert (state_of(purchase), balance(partner)) == ("paid", 500_000)


def test_a_gateway_that_does_not_respond_delays_no_other_payment(
    fake: FakeRazorpay, purchase: Purchase, partner: Partner, settings: Any
) -> None:
    fake.pay(purchase.reference)
    fake.broken = 503
    settings.PAYMENT_GATEWAYS = ["sandbox"]
    other = pay_late(buy(partner), seconds=0)
    let_come_due(purchase, other)

    assert reconcile_pending() == 2
    assert (state_of(purchase), state_of(other)) == ("pending", "paid")

    fake.broken = None
    let_come_due(purchase)
    reconcile_pending()
    assert state_of(purchase) == "paid"


def test_a_cancelled_purchase_closes_its_link(fake: FakeRazorpay, purchase: Purchase) -> None:
    cancel_purchase(purchase=purchase, actor="test")
    assert fake.link_of(purchase.reference)["status"] == "cancelled"


def test_a_purchase_is_cancelled_even_if_its_link_cannot_be_closed(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    fake.broken = 500
    assert cancel_purchase(purchase=purchase, actor="test").state == "cancelled"
