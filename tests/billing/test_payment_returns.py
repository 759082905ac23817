"""Money that went back at the gateway: points, debts and credit notes follow it, once."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, Member
from billing.balance import read_balance
from billing.models import Invoice, LedgerEntry, PaymentReturn, PointBucket, Purchase
from billing.services import (
    NotBookable,
    NotRefundable,
    check_ledger,
    check_new_entries,
    reconcile_disputes,
    reconcile_pending,
    reconcile_purchase,
)
from imaging.services import InsufficientPoints
from imaging.services.statistics import read_usage
from tests.billing.approvals import book_payment, refund_purchase
from tests.billing.chains import without_triggers
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.operations import refund as fail
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import bill_to, buy, let_come_due, numbers
from tests.daily import Some
from tests.factories import Keys, partner_with_keys
from tests.users import create_user

WHOLE = 590_000


@pytest.fixture
def payer(live_db: None) -> Keys:
    return partner_with_keys()


@pytest.fixture
def purchase(fake: FakeRazorpay, payer: Keys) -> Purchase:
    return buy(payer.partner, "razorpay")


@pytest.fixture
def payment(fake: FakeRazorpay, purchase: Purchase) -> dict[str, Any]:
    """Return the payment of a booked purchase."""
    made = fake.pay(purchase.reference)
    assert tell(fake.event("payment.captured", purchase.reference, made)) == 200
    purchase.refresh_from_db()
    assert purchase.is_paid
    return made


def points_of(keys: Keys) -> tuple[int, int, int]:
    """Return the points that can be spent, are frozen, and are owed."""
    balance = read_balance(keys.partner)
    assert check_ledger().ok
    assert read_usage(keys.partner.id).balance == balance.points
    return balance.points, balance.frozen, balance.owed


def use(keys: Keys, calls: int) -> None:
    """Eight points each."""
    for _ in range(calls):
        succeed(start(keys))


def test_a_debt_that_no_refund_explains_is_found(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    use(payer, 10)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 8_000)

    PointBucket.objects.update(owed=0)

    [fault] = check_ledger().faults
    assert str(fault).endswith("debt is 0 hundredths of a point, but its refunds leave 8000")
    hourly = check_new_entries(seconds=60)
    assert hourly
    assert hourly.faults == [fault]


def state_of(purchase: Purchase) -> tuple[str, int, int]:
    purchase.refresh_from_db()
    return purchase.state, purchase.returned_paise, purchase.returned_points


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
    assert purchase.refund_id == refund["id"]
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

    # The money that settled the debt goes back as well: the debt is there again.
    tell(fake.return_event(fake.refund(paid["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 2_400)


def test_points_of_a_call_that_fails_after_the_refund_reduce_the_debt(
    fake: FakeRazorpay, payer: Keys, payment: dict[str, Any]
) -> None:
    kept, failed = start(payer), start(payer)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))
    assert points_of(payer) == (0, 0, 1_600)

    fail(failed)
    assert points_of(payer) == (0, 0, 800)
    assert succeed(kept).balance == 0
    assert points_of(payer) == (0, 0, 800)


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
    with pytest.raises(InsufficientPoints) as refusal:
        start(payer)
    assert refusal.value.quote.balance == 0

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


@pytest.mark.parametrize(
    ("status", "deducted", "at_stake"),
    [("lost", 100_000, 100_000), ("lost", 0, WHOLE), ("under_review", 100_000, WHOLE)],
)
def test_of_a_lost_dispute_what_was_deducted_is_gone(
    fake: FakeRazorpay, payment: dict[str, Any], status: str, deducted: int, at_stake: int
) -> None:
    fake.dispute(payment["id"], WHOLE, status=status, amount_deducted=deducted)

    assert reconcile_disputes() == 1
    assert PaymentReturn.objects.get().amount_paise == at_stake


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

    assert reconcile_disputes() == 1
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


@pytest.mark.parametrize("kind", ["payment.captured", "payment_link.paid", "order.paid"])
def test_a_capture_reported_after_its_refund_is_not_booked(
    fake: FakeRazorpay, purchase: Purchase, kind: str
) -> None:
    payment = fake.pay(purchase.reference)
    capture = fake.event(kind, purchase.reference, payment)
    tell(fake.return_event(fake.refund(payment["id"], WHOLE)))

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


def test_the_refund_of_a_duplicate_payment_takes_nothing(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    second = fake.pay(purchase.reference)
    tell(fake.event("payment.captured", purchase.reference, second))
    assert f"Duplicate payment {second['id']}" in Purchase.objects.get().attention

    tell(fake.return_event(fake.refund(second["id"], WHOLE)))

    assert points_of(payer) == (500_000, 0, 0)
    assert PaymentReturn.objects.get().payment_id == second["id"]


def test_opposite_results_and_more_than_was_paid_are_flagged(
    fake: FakeRazorpay, payer: Keys, purchase: Purchase, payment: dict[str, Any]
) -> None:
    dispute = fake.dispute(payment["id"], WHOLE)
    for status in ("lost", "won", "lost"):
        fake.decide(dispute, status)
        tell(fake.return_event(dispute))
    tell(fake.return_event(fake.refund(payment["id"], 100)))

    assert state_of(purchase)[0] == "refunded"
    assert points_of(payer) == (0, 0, 0)
    assert [note.split()[0] for note in purchase.attention.splitlines()] == ["Dispute", "More"]


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

    subjects = [message.subject.split(":")[0] for message in mail.outbox]
    assert subjects[::2] == subjects[1::2]
    assert subjects[::2] == ["Points frozen", "Points released", "Points frozen", "Points removed"]
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
    tell(fake.return_event(fake.refund(paid["id"], 11_800)))
    assert points_of(payer) == (500_000, 0, 0)
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


@pytest.mark.parametrize("change", [{"amount": 589_999}, {"currency": "USD"}])
def test_staff_cannot_book_less_than_the_amount_due(
    fake: FakeRazorpay, purchase: Purchase, change: dict[str, Any]
) -> None:
    paid = fake.pay(purchase.reference, **change)
    with pytest.raises(NotBookable, match=r"but ₹5,900.00 was due|is in USD"):
        book_payment(purchase=purchase, payment_id=paid["id"])
    assert state_of(purchase)[0] == "pending"


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
