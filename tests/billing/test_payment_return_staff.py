"""What staff book and refund beside a gateway, and what the partner is mailed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, Member
from billing.models import Purchase
from billing.services import (
    ApprovalRefused,
    NotBookable,
    NotRefundable,
    approve,
    reconcile_pending,
    withdraw_approval,
)
from tests.billing.approvals import Kind, ask, book_payment, person, refund_purchase
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.payment_returns import WHOLE, points_of, state_of, use
from tests.billing.purchases import bill_to, let_come_due, numbers
from tests.factories import Keys
from tests.users import create_user


def test_a_disputed_or_partly_refunded_purchase_is_not_refunded_by_staff(
    fake: FakeRazorpay, purchase: Purchase, payment: dict[str, Any]
) -> None:
    tell(fake.return_event(fake.dispute(payment["id"], WHOLE)))
    with pytest.raises(NotRefundable, match="disputed"):
        refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")


def test_a_refund_by_staff_is_booked_once_despite_its_events(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    fake.swallow = True
    refund_purchase(purchase=purchase, actor="staff", reason="Bought twice")
    assert state_of(purchase) == ("refunding", 0, 500_000)
    [refund] = fake.refunds.values()

    tell(fake.return_event(refund))
    fake.swallow = False
    let_come_due(purchase)
    reconcile_pending()

    assert state_of(purchase) == ("refunded", WHOLE, 500_000)
    assert (points_of(payer), numbers("credit_note")) == ((0, 0, 0), [1])


def test_the_partner_is_mailed_about_frozen_released_and_removed_points_and_debts(
    fake: FakeRazorpay, payer: Keys, payment: dict[str, Any]
) -> None:
    bill_to(payer.partner, email="accounts@nandi.test")
    for role in (Member.Role.OWNER, Member.Role.VIEWER):
        create_user(payer.partner, role, f"{role}@nandi.test")
    use(payer, 1)
    mail.outbox.clear()

    won, lost = fake.dispute(payment["id"], WHOLE), fake.dispute(payment["id"], WHOLE)
    for dispute, decision in ((won, "won"), (lost, "lost")):
        tell(fake.return_event(dispute))
        fake.decide(dispute, decision)
        tell(fake.return_event(dispute))

    subjects = [" ".join(message.subject.split()[:2]).strip(":") for message in mail.outbox]
    assert subjects[::2] == subjects[1::2]
    assert subjects[::2] == [
        "Points frozen",
        "Points released",
        "Points frozen",
        "Refund of",
    ]
    assert {message.to[0] for message in mail.outbox} == {"owner@nandi.test", "accounts@nandi.test"}
    assert "4,992 unused points of this purchase are frozen" in mail.outbox[0].body
    assert "4,992 points were removed" in mail.outbox[-1].body
    assert "8 points of the refunded part have already been used" in mail.outbox[-1].body
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert sorted(x.removeprefix("purchase.points_") for x in actions if ".points_" in x) == [
        "frozen",
        "frozen",
        "released",
        "taken_back",
    ]


def test_staff_book_a_payment_with_the_gateways_fee_on_top(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase
) -> None:
    paid = fake.pay(purchase.reference, amount=601_800)
    assert tell(fake.event("payment.captured", purchase.reference, paid)) == 200
    assert state_of(purchase)[0] == "pending"
    assert "₹6,018.00, but ₹5,900.00 was due" in purchase.attention
    book = partial(book_payment, purchase=purchase)
    with pytest.raises(NotBookable, match="no captured payment"):
        book(payment_id="pay_unknown")

    assert book(payment_id=paid["id"]).state == "paid"

    assert state_of(purchase)[0] == "paid"
    assert (purchase.excess_paise, purchase.attention) == (11_800, "")
    assert points_of(payer) == (500_000, 0, 0)
    assert numbers() == [1]
    entry = AuditEntry.objects.get(action="purchase.payment_booked")
    assert (entry.actor, entry.detail["difference_paise"], entry.detail["reason"]) == (
        "asha@shopiq.test",
        11_800,
        "Fee",
    )
    with pytest.raises(NotBookable, match="Duplicate"):
        book(payment_id=paid["id"])

    # What remains of the payment decides: the excess goes back first.
    mail.outbox.clear()
    tell(fake.return_event(fake.refund(paid["id"], 11_800)))
    assert points_of(payer) == (500_000, 0, 0)
    assert mail.outbox == []
    excess = ask(purchase.partner, Kind.REFUND, 0, purchase=purchase)
    with pytest.raises(NotRefundable, match="Nothing of the payment"):
        approve(approval=excess, approver=person("ravi@shopiq.test"))
    tell(fake.return_event(fake.refund(paid["id"], 590_000)))
    assert points_of(payer) == (0, 0, 0)
    assert state_of(purchase)[0] == "refunded"


def test_staff_book_a_payment_of_exactly_the_amount_due(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    """One that was captured and of which we were not told yet."""
    paid = fake.pay(purchase.reference)

    booked = book_payment(purchase=purchase, payment_id=paid["id"], actor="asha", reason="Waiting")
    assert (booked.state, booked.excess_paise) == ("paid", 0)


def test_the_gateway_is_not_asked_about_a_request_that_has_ended(
    fake: FakeRazorpay, purchase: Purchase
) -> None:
    terms: dict[str, Any] = {"purchase": purchase, "payment_id": "pay_1"}
    asked = ask(purchase.partner, Kind.BOOKING, purchase.points, **terms)
    withdraw_approval(approval=asked, asker=asked.requested_by)
    fake.calls.clear()

    with pytest.raises(ApprovalRefused, match="withdrawn already"):
        approve(approval=asked, approver=person("ravi@shopiq.test"))
    assert fake.calls == []


@pytest.mark.parametrize("change", [{"amount": 589_999}, {"currency": "USD"}])
def test_staff_cannot_book_less_than_the_amount_due(
    fake: FakeRazorpay, purchase: Purchase, change: dict[str, Any]
) -> None:
    paid = fake.pay(purchase.reference, **change)
    with pytest.raises(NotBookable, match=r"but ₹5,900.00 was due|is in USD"):
        book_payment(purchase=purchase, payment_id=paid["id"])
    assert state_of(purchase)[0] == "pending"
