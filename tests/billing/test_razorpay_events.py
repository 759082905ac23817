"""Events of Razorpay: signed, repeated, forged and foreign ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Partner
from billing.models import Purchase
from billing.services import PaymentUnavailable, reconcile_purchase
from tests.billing.fakes.razorpay import WEBHOOK, FakeRazorpay, sign, tell
from tests.billing.purchases import balance, buy, numbers, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(fake: FakeRazorpay, partner: Partner) -> Purchase:
    return buy(partner, "razorpay")


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


def test_an_event_of_a_link_whose_response_was_lost_is_known_by_its_reference(
    fake: FakeRazorpay, partner: Partner
) -> None:
    fake.swallow = True
    with pytest.raises(PaymentUnavailable) as lost:
        buy(partner, "razorpay")
    reference = lost.value.purchase.reference

    assert tell(fake.event("payment_link.paid", reference, fake.pay(reference))) == 200
    assert state_of(lost.value.purchase) == "paid"


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
