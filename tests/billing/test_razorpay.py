"""Payment links against a server that speaks Razorpay's protocol."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
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
from tests.billing.approvals import refund_purchase
from tests.billing.fakes.razorpay import WEBHOOK, FakeRazorpay, sign, tell
from tests.billing.purchases import balance, buy, let_come_due, numbers
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    made: Partner = PartnerFactory.create()
    return made


@pytest.fixture
def purchase(fake: FakeRazorpay, partner: Partner) -> Purchase:
    return buy(partner, "razorpay")


def state_of(purchase: Purchase) -> str:
    return Purchase.objects.values_list("state", flat=True).get(pk=purchase.pk)


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
    with pytest.raises(PaymentUnavailable) as refusal:
        buy(partner, "razorpay")
    assert state_of(refusal.value.purchase) == "created"

    vars(fake).update(broken=None, delay=0.0, padding=0)
    settings.RAZORPAY_TIMEOUT_SECONDS = 15
    assert open_checkout(purchase=refusal.value.purchase).checkout_url


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


def test_every_event_of_a_payment_replayed_books_it_once(
    fake: FakeRazorpay, purchase: Purchase, partner: Partner
) -> None:
    payment = fake.pay(purchase.reference)
    bodies = [
        fake.event(kind, purchase.reference, payment)
        for kind in ("payment.captured", "payment_link.paid")
    ]

    assert [tell(body) for body in bodies * 3] == [200] * 6
    assert (balance(partner), numbers()) == (500_000, [1])
    assert Purchase.objects.get().attention == ""


@pytest.mark.parametrize("kind", ["payment.captured", "payment_link.paid"])
def test_either_event_alone_books_the_payment(
    fake: FakeRazorpay, purchase: Purchase, kind: str
) -> None:
    payment = fake.pay(purchase.reference)

    assert tell(fake.event(kind, purchase.reference, payment)) == 200
    paid = Purchase.objects.get()
    assert (paid.state, paid.payment_id) == ("paid", payment["id"])
    assert paid.paid_at
    assert paid.paid_at.timestamp() == payment["created_at"]


def test_a_body_that_was_tampered_with_is_refused(fake: FakeRazorpay, purchase: Purchase) -> None:
    body = fake.event("payment_link.paid", purchase.reference, fake.pay(purchase.reference))

    assert tell(body.replace(b"590000", b"590001"), sign(body)) == 400
    assert tell(body + b" ", sign(body)) == 400
    assert state_of(purchase) == "pending"


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 64, "x"])
def test_a_body_without_the_right_signature_is_refused(
    fake: FakeRazorpay, purchase: Purchase, signature: str
) -> None:
    body = fake.event("payment_link.paid", purchase.reference, fake.pay(purchase.reference))

    assert tell(body, signature) == 400
    assert state_of(purchase) == "pending"


def test_a_signature_by_another_secret_or_by_none_is_refused(
    fake: FakeRazorpay, purchase: Purchase, settings: Any
) -> None:
    body = fake.event("payment_link.paid", purchase.reference, fake.pay(purchase.reference))

    assert tell(body, sign(body, "another secret")) == 400
    settings.RAZORPAY_WEBHOOK_SECRET = ""
    assert tell(body, sign(body, "")) == 400
    assert state_of(purchase) == "pending"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"event": "payment_link.paid", "payload": 1}',
        b'{"event": "payment_link.paid", "payload": {"payment": {"entity": 1}}}',
        b'{"event": "payment_link.paid", "payload": {"payment": {"entity": {"id": "pay_1"}}}}',
        b"[" * 100_000,
        b'{"event": "payment.captured", "payload": {"payment": {"entity": {"id": "p", "amount": 1, '
        b'"currency": "INR", "status": "captured", "created_at": 1e40}}}}',
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(fake: FakeRazorpay, body: bytes) -> None:
    assert tell(body) == 400


def test_a_huge_body_is_not_even_read(fake: FakeRazorpay) -> None:
    assert tell(b" " * (256 * 1024 + 1)) == 413


def test_only_post_is_allowed(fake: FakeRazorpay) -> None:
    assert Client().get(WEBHOOK).status_code == 405


def test_events_of_other_sellers_links_are_ignored(fake: FakeRazorpay, purchase: Purchase) -> None:
    body = fake.event("payment_link.paid", purchase.reference, fake.pay(purchase.reference))
    link_id = fake.link_of(purchase.reference)["id"]
    other = body.replace(purchase.reference.encode(), b"OTHER").replace(
        link_id.removeprefix("plink_").encode(), b"77777777777777"
    )

    assert tell(other) == 200
    assert state_of(purchase) == "pending"


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "USD"}])
def test_another_amount_or_currency_is_never_credited_however_it_is_reported(
    fake: FakeRazorpay, purchase: Purchase, change: dict[str, Any]
) -> None:
    payment = fake.pay(purchase.reference, **change)

    assert tell(fake.event("payment_link.paid", purchase.reference, payment)) == 200
    assert reconcile_purchase(purchase=purchase).state == "pending"
    assert Purchase.objects.get().attention.count(payment["id"]) == 1


def test_a_payment_that_failed_and_then_succeeds_is_booked(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    failed = fake.fail(purchase.reference)
    assert tell(fake.event("payment.failed", purchase.reference, failed)) == 200
    assert state_of(purchase) == "failed"

    paid = fake.pay(purchase.reference)
    assert tell(fake.event("payment.captured", purchase.reference, paid)) == 200
    assert state_of(purchase) == "paid"

    # Events do not come in order.
    assert tell(fake.event("payment.failed", purchase.reference, failed)) == 200
    assert state_of(purchase) == "paid"


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
@pytest.mark.parametrize("before", ["pending", "failed"])
def test_a_link_that_ends_unpaid_ends_the_purchase(
    fake: FakeRazorpay, purchase: Purchase, before: str, ending: str
) -> None:
    Purchase.objects.filter(pk=purchase.pk).update(state=before)
    assert tell(fake.event(f"payment_link.{ending}", purchase.reference)) == 200
    assert state_of(purchase) == ending


def test_a_part_of_the_sum_is_noted(fake: FakeRazorpay, purchase: Purchase) -> None:
    part = fake.pay(purchase.reference, amount=100)

    assert tell(fake.event("payment_link.partially_paid", purchase.reference, part)) == 200
    assert "only part of the amount due" in Purchase.objects.get().attention
    assert state_of(purchase) == "pending"


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
    other = pay_late(buy(partner), 0)
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
