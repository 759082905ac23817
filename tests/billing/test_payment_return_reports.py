"""How money that went back is heard of: late, twice, in any order, or from no event at all."""

from __future__ import annotations

import itertools
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Invoice, PaymentReturn, PointBucket, Purchase
from billing.services import (
    check_ledger,
    reconcile_disputes,
    reconcile_pending,
    reconcile_purchase,
)
from billing.services.returns import ReturnTotals, sum_returns
from tests.billing.chains import without_triggers
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.parallel import only, race
from tests.billing.payment_returns import WHOLE, points_of, state_of
from tests.billing.purchases import buy, let_come_due, numbers, settle
from tests.daily import Some
from tests.factories import Keys


@pytest.mark.parametrize("kind", ["refund", "dispute"])
def test_what_no_event_reported_is_found(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any], kind: str
) -> None:
    if kind == "refund":
        fake.refund(payment["id"], WHOLE)
    else:
        fake.decide(fake.dispute(payment["id"], WHOLE), "lost")
    fake.dispute("pay_of_another_application", 5)
    let_come_due(purchase)

    reconcile_pending()
    assert reconcile_disputes() == (kind == "dispute")

    assert state_of(purchase)[0] == "refunded"
    assert points_of(payer) == (0, 0, 0)
    assert numbers("credit_note") == [1]


def test_a_purchase_that_cannot_be_read_does_not_keep_disputes_of_others_out(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    second = buy(payer.partner, "razorpay")
    paid = fake.pay(second.reference)
    assert tell(fake.event("payment.captured", second.reference, paid)) == 200
    for each in (payment, paid):
        fake.decide(fake.dispute(each["id"], WHOLE), "lost")
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE billing_invoice SET encrypted_buyer = 'v1.damaged' WHERE purchase_id = %s",
            [purchase.pk],
        )

    fake.calls.clear()
    assert reconcile_disputes() == 1
    assert fake.calls.count("GET /v1/disputes") == 1
    assert (state_of(purchase)[0], state_of(second)[0]) == ("paid", "refunded")


def test_more_disputes_than_a_page_are_read(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    fake.dispute(payment["id"], WHOLE)
    for _ in range(250):
        fake.dispute("pay_other", 100)

    assert reconcile_disputes() == 1
    assert fake.calls.count("GET /v1/disputes") == 3


@pytest.mark.parametrize("told_by", ["refund.created", "invoice.paid", "reconciliation"])
def test_a_payment_that_was_refunded_before_it_was_booked_is_flagged(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, told_by: str
) -> None:
    payment = fake.pay(purchase.reference)
    refund = fake.refund(payment["id"], WHOLE - 100)
    if told_by == "refund.created":
        assert tell(fake.return_event(refund, "refund.created")) == 200
    elif told_by == "invoice.paid":
        assert tell(fake.event("invoice.paid", purchase.reference, payment)) == 200
    assert state_of(purchase)[0] == "pending"

    reconcile_purchase(purchase=purchase)

    assert state_of(purchase)[0] == "pending"
    assert "of which ₹1.00 remains after refunds, but ₹5,900.00 was due" in purchase.attention
    assert not PointBucket.objects.exists()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("kind", ["invoice.paid", "payment.authorized", "payment.pending"])
def test_an_event_that_is_no_capture_books_nothing(
    fake: FakeRazorpay, purchase: Purchase, kind: str
) -> None:
    payment = fake.pay(purchase.reference)

    assert tell(fake.event(kind, purchase.reference, payment)) == 200

    assert state_of(purchase)[0] == "pending"
    assert purchase.attention == ""


@pytest.mark.parametrize("status", ["processed", "pending"])
@pytest.mark.parametrize("kind", ["payment.captured", "payment_link.paid", "order.paid"])
def test_a_capture_reported_after_its_refund_is_not_booked(
    fake: FakeRazorpay, purchase: Purchase, kind: str, status: str
) -> None:
    payment = fake.pay(purchase.reference)
    capture = fake.event(kind, purchase.reference, payment)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE, status=status)))

    assert tell(capture) == 200

    assert state_of(purchase)[0] == "pending"
    assert "₹0.00 remains after refunds" in purchase.attention


def test_any_order_of_events_leaves_points_for_the_money_that_is_left(
    fake: FakeRazorpay, payer: Keys, some: Some
) -> None:
    """Captured, refunded in two parts, disputed and lost: 24 orders, each event sent twice."""
    for order in some(list(itertools.permutations(range(4))), 3):
        purchase = buy(payer.partner, "razorpay")
        payment = fake.pay(purchase.reference)
        events = [fake.event("payment.captured", purchase.reference, payment)]
        refund = fake.refund(payment["id"], 118_000)
        events.append(fake.return_event(refund))
        dispute = fake.dispute(payment["id"], 236_000)
        events.append(fake.return_event(dispute))
        fake.decide(dispute, "lost")
        events.append(fake.return_event(dispute))

        for place in order:
            assert [tell(events[place]) for _ in range(2)] == [200, 200]
            assert check_ledger().ok

        is_booked = order[0] == 0 or (order[0], order[1]) == (2, 0)
        assert state_of(purchase)[0] == ("paid" if is_booked else "pending"), order
        if is_booked:
            bucket = PointBucket.objects.get(purchase=purchase)
            assert (bucket.remaining, bucket.held, bucket.owed) == (200_000, 0, 0)
        else:
            assert purchase.attention


def test_without_a_report_nothing_went_back(purchase: Purchase) -> None:
    assert sum_returns(purchase, payment_id="pay_1") == ReturnTotals(0, 0, 0)


def test_the_refund_of_a_duplicate_payment_takes_nothing(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    second = fake.pay(purchase.reference)
    tell(fake.event("payment.captured", purchase.reference, second))
    assert f"Duplicate payment {second['id']}" in Purchase.objects.get().attention

    tell(fake.return_event(fake.refund(second["id"], WHOLE)))

    assert points_of(payer) == (500_000, 0, 0)
    assert PaymentReturn.objects.get().payment_id == second["id"]


@pytest.mark.parametrize("results", [("lost", "won", "lost"), ("won", "lost")])
def test_opposite_results_and_more_than_was_paid_are_flagged(
    fake: FakeRazorpay,
    payer: Keys,
    purchase: Purchase,
    payment: dict[str, Any],
    results: tuple[str, ...],
) -> None:
    dispute = fake.dispute(payment["id"], WHOLE)
    for status in results:
        fake.decide(dispute, status)
        tell(fake.return_event(dispute))
    tell(fake.return_event(fake.refund(payment["id"], 100)))

    assert state_of(purchase)[0] == "refunded"
    assert points_of(payer) == (0, 0, 0)
    assert [note.split()[0] for note in purchase.attention.splitlines()] == ["Dispute", "More"]


def test_events_and_reconciliation_at_once_apply_a_refund_once(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    body = fake.return_event(fake.refund(payment["id"], WHOLE // 2))
    lost = fake.dispute(payment["id"], WHOLE // 4)
    fake.decide(lost, "lost")
    tasks: list[Any] = [partial(tell, body), partial(tell, fake.return_event(lost))] * 2
    tasks += [partial(reconcile_purchase, purchase=purchase)] * 2 + [reconcile_disputes] * 2

    only(KeyError, race(*tasks))

    assert state_of(purchase) == ("paid", 442_500, 375_000)
    assert points_of(payer) == (125_000, 0, 0)
    assert numbers("credit_note") == [1, 2]


@pytest.mark.parametrize(("days", "found"), [(179, 1), (181, 0)])
def test_disputes_of_half_a_year_are_looked_for(
    fake: FakeRazorpay, payment: dict[str, Any], days: int, found: int
) -> None:
    at = timezone.now() - timedelta(days=days)
    fake.dispute(payment["id"], 1_000, created_at=int(at.timestamp()))

    assert reconcile_disputes() == found


def test_a_dispute_is_of_the_payment_at_its_own_gateway(
    fake: FakeRazorpay, payer: Keys, settings: Any
) -> None:
    settings.PAYMENT_GATEWAYS = ["sandbox", "razorpay"]
    other, purchase = buy(payer.partner), buy(payer.partner, "razorpay")
    payment = fake.pay(purchase.reference)
    reconcile_purchase(purchase=purchase)
    settle(other, payment["id"])
    fake.dispute(payment["id"], 1_000)

    assert reconcile_disputes() == 1
    assert PaymentReturn.objects.get().purchase == purchase


def test_an_open_dispute_is_followed_however_long_ago_it_began(
    fake: FakeRazorpay, payment: dict[str, Any]
) -> None:
    """Also behind a newer one that was heard of first."""
    months_ago = int((timezone.now() - timedelta(days=300)).timestamp())
    tell(fake.return_event(fake.dispute(payment["id"], 1_000)))
    oldest = fake.dispute(payment["id"], 2_000, created_at=months_ago)
    tell(fake.return_event(oldest))
    fake.decide(oldest, "lost")

    reconcile_disputes()

    assert PaymentReturn.objects.get(gateway_id=oldest["id"]).state == "returned"
