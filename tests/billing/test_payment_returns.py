"""Money that went back at the gateway: points, debts and credit notes follow it, once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry
from billing.models import Invoice, LedgerEntry, PaymentReturn, PointBucket, Purchase
from billing.services import (
    check_ledger,
    check_new_entries,
    reconcile_disputes,
)
from imaging.services import InsufficientPoints
from imaging.services.operations import Operation
from imaging.services.statistics import read_usage
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.operations import refund as fail
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.payment_returns import WHOLE, points_of, state_of, use
from tests.billing.purchases import buy, numbers
from tests.factories import Keys, bucket


def test_a_debt_that_no_refund_explains_is_found(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    use(payer, 10)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 8_000)

    PointBucket.objects.update(owed=0)

    [fault] = check_ledger().faults
    assert str(fault).endswith(": debt is 0 hundredths of a point, but its refunds leave 8000")
    hourly = check_new_entries(seconds=60)
    assert hourly
    assert hourly.faults == [fault]


def test_a_full_refund_takes_all_points_back(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    refund = fake.refund(payment["id"], WHOLE)

    for _ in range(3):
        assert tell(fake.return_event(refund)) == 200

    assert state_of(purchase) == ("refunded", WHOLE, 500_000)
    assert points_of(payer) == (0, 0, 0)
    assert numbers("credit_note") == [1]
    entries = LedgerEntry.objects.of(payer.partner.id).in_order().values_list("kind", "points")
    assert list(entries) == [("credit", 500_000), ("refund", -500_000)]
    assert (purchase.refund_id, purchase.attention) == (refund["id"], "")
    assert AuditEntry.objects.filter(action="purchase.return_reported").count() == 1
    assert read_usage(payer.partner.id).total_used == 0


def test_a_partial_refund_takes_its_share_and_credits_its_share_of_tax(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    for amount in (100_033, 33_333):
        assert tell(fake.return_event(fake.refund(payment["id"], amount))) == 200

    # 133,366 of 590,000 paise: 113,022.03 hundredths, rounded down over both together.
    assert state_of(purchase) == ("paid", 133_366, 113_022)
    assert points_of(payer) == (386_978, 0, 0)
    notes = Invoice.objects.filter(kind="credit_note").order_by("number")
    assert [note.total_paise for note in notes] == [100_033, 33_333]
    assert AuditEntry.objects.filter(action="purchase.points_taken_back").count() == 2
    assert sum(note.lines[0]["points"] for note in notes) == 113_022
    for note in notes:
        taxes = note.cgst_paise + note.sgst_paise + note.igst_paise
        assert note.amount_paise + taxes == note.total_paise
        assert abs(taxes - note.total_paise * 18 / 118) < 2
        assert note.corrects == Invoice.objects.get(kind="invoice")

    assert tell(fake.return_event(fake.refund(payment["id"], WHOLE - 133_366))) == 200

    assert state_of(purchase) == ("refunded", WHOLE, 500_000)
    invoice = Invoice.objects.get(kind="invoice")
    for field in ("amount_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise"):
        assert sum(getattr(note, field) for note in notes.all()) == getattr(invoice, field)


def test_what_was_spent_is_a_debt_that_the_next_purchase_settles_first(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    use(payer, 3)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 2_400)
    assert read_usage(payer.partner.id).total_used == 2_400

    second = buy(payer.partner, "razorpay")
    paid = fake.pay(second.reference)
    tell(fake.event("payment.captured", second.reference, paid))

    assert points_of(payer) == (500_000 - 2_400, 0, 0)
    entries = LedgerEntry.objects.filter(bucket__purchase=second).in_order()
    assert list(entries.values_list("kind", "points")) == [("credit", 500_000), ("debt", -2_400)]
    assert read_usage(payer.partner.id).total_used == 2_400
    assert "of which 24 settled the debt" in mail.outbox[-1].body
    assert AuditEntry.objects.get(action="purchase.debt_settled").detail["points"] == 2_400

    # The money that settled the debt goes back as well: the debt is there again.
    tell(fake.return_event(fake.refund(paid["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 2_400)


def entries_of(operation: Operation) -> list[tuple[str, str]]:
    """Return the kinds of the operation's entries by the numbers at the ends of their ids."""
    rows = LedgerEntry.objects.filter(pk__startswith=operation.id[:21]).order_by("pk")
    return [(row.pk[21:], row.kind) for row in rows]


def test_points_of_a_call_that_fails_after_the_refund_reduce_the_debt(
    fake: FakeRazorpay, payer: Keys, payment: dict[str, Any]
) -> None:
    kept, failed = start(payer), start(payer)
    other = bucket(payer.partner, 1_000)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))
    assert points_of(payer) == (1_000, 0, 1_600)

    fail(failed)
    assert entries_of(failed) == [("000", "charge"), ("800", "reversal"), ("801", "refund")]
    assert points_of(payer) == (1_000, 0, 800)
    assert succeed(kept).balance == 1_000
    assert points_of(payer) == (1_000, 0, 800)
    other.refresh_from_db()
    assert (other.remaining, other.taken, other.owed) == (1_000, 0, 0)


def test_a_dispute_freezes_and_a_decision_releases_or_takes(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    use(payer, 1)
    running = start(payer)
    dispute = fake.dispute(payment["id"], WHOLE)
    for status in ("open", "under_review", "open"):
        dispute["status"] = status
        assert tell(fake.return_event(dispute, "payment.dispute.action_required")) == 200
    assert points_of(payer) == (0, 498_400, 0)
    with pytest.raises(InsufficientPoints) as caught:
        start(payer)
    assert caught.value.quote.balance == 0

    # What a failed call gives back is frozen too.
    fail(running)
    assert points_of(payer) == (0, 499_200, 0)

    fake.decide(dispute, "won")
    tell(fake.return_event(dispute))
    assert points_of(payer) == (499_200, 0, 0)
    assert state_of(purchase)[0] == "paid"

    again = fake.dispute(payment["id"], WHOLE)
    fake.decide(again, "lost")
    tell(fake.return_event(again))
    assert points_of(payer) == (0, 0, 800)
    assert state_of(purchase) == ("refunded", WHOLE, 500_000)
    trail = AuditEntry.objects.filter(target=purchase.pk, action__startswith="purchase.points_")
    assert list(trail.order_by("at", "id").values_list("action", "detail")) == [
        ("purchase.points_frozen", {"reference": purchase.reference, "points": 498_400}),
        ("purchase.points_released", {"reference": purchase.reference, "frozen": 0}),
        (
            "purchase.points_taken_back",
            {"reference": purchase.reference, "points": 499_200, "owed": 800},
        ),
    ]


@pytest.mark.parametrize(
    ("status", "deducted", "outcome"),
    [
        ("lost", 100_000, ("returned", 100_000)),
        ("lost", 0, ("returned", WHOLE)),
        ("closed", 100_000, ("returned", 100_000)),
        ("closed", 0, ("kept", WHOLE)),
        ("under_review", 100_000, ("open", WHOLE)),
    ],
)
def test_of_a_lost_dispute_what_was_deducted_is_gone(
    fake: FakeRazorpay, payment: dict[str, Any], status: str, deducted: int, outcome: Any
) -> None:
    fake.dispute(payment["id"], WHOLE, status=status, amount_deducted=deducted)

    assert reconcile_disputes() == 1
    assert PaymentReturn.objects.values_list("state", "amount_paise").get() == outcome


def test_of_a_partial_dispute_the_rest_can_be_spent_oldest_first(
    fake: FakeRazorpay, payer: Keys, payment: dict[str, Any]
) -> None:
    """A dispute of all but 590 paise leaves 5 points of the first bucket."""
    second = buy(payer.partner, "razorpay", "pack_25000")
    tell(fake.event("payment.captured", second.reference, fake.pay(second.reference)))
    tell(fake.return_event(fake.dispute(payment["id"], WHOLE - 590)))

    operation = start(payer)

    assert operation.tier == "starter"
    drawn = LedgerEntry.objects.filter(operation=operation.id).in_order()
    assert list(drawn.values_list("bucket__tier_id", "points")) == [
        ("starter", -500),
        ("growth", -300),
    ]
    assert start(payer).tier == "growth"
    assert points_of(payer)[1] == 499_500
    fail(operation)
    assert entries_of(operation) == [
        *(("000", "charge"), ("001", "charge")),
        *(("800", "reversal"), ("801", "reversal")),
    ]


def test_a_refund_in_progress_freezes_and_one_that_fails_releases(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    refund = fake.refund(payment["id"], WHOLE // 2, status="pending")
    tell(fake.return_event(refund))
    assert points_of(payer) == (250_000, 250_000, 0)

    fake.end_refund(refund, "failed")
    tell(fake.return_event(refund))
    assert points_of(payer) == (500_000, 0, 0)
    assert numbers("credit_note") == []


def test_charges_during_a_freeze_take_what_their_responses_say(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    body = fake.return_event(fake.dispute(payment["id"], WHOLE))

    def call() -> str:
        try:
            operation = start(payer)
            fail(operation)
            return start(payer).id
        except InsufficientPoints:
            return ""

    results = only(KeyError, race(partial(tell, body), *[call] * 7))

    charged = sum(isinstance(x, str) and x != "" for x in results)
    assert points_of(payer) == (0, 500_000 - 800 * charged, 0)
