"""A payment is booked once and wholly, or noted for staff."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry, Partner
from billing.models import Invoice, LedgerEntry, PointBucket, Purchase
from billing.services import check_ledger, resolve_review
from config.mail.models import OutgoingMail
from tests.billing.purchases import BUYER, bill_to, buy, settle
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    made: Partner = PartnerFactory.create()
    return made


@pytest.fixture
def purchase(partner: Partner) -> Purchase:
    return buy(partner)


def booked() -> tuple[int, int, int]:
    return (
        PointBucket.objects.count(),
        LedgerEntry.objects.filter(kind="credit").count(),
        Invoice.objects.count(),
    )


def test_a_payment_brings_bucket_entry_and_invoice(purchase: Purchase) -> None:
    paid = settle(purchase)

    bucket = PointBucket.objects.get(purchase=paid)
    assert (bucket.original, bucket.remaining, bucket.tier_id) == (500_000, 500_000, "starter")
    assert (bucket.package_code, bucket.note) == ("pack_5000", purchase.reference)
    assert (paid.state, paid.payment_id, paid.is_paid) == ("paid", "pay_1", True)
    assert booked() == (1, 1, 1)
    assert Invoice.objects.get().payment_id == "pay_1"
    assert check_ledger().ok
    audit = AuditEntry.objects.get(action="purchase.paid")
    assert (audit.target, audit.detail) == (
        purchase.pk,
        {
            "reference": purchase.reference,
            "payment": "pay_1",
            "total_paise": purchase.total_paise,
        },
    )


def test_the_same_payment_again_changes_nothing(purchase: Purchase) -> None:
    for _ in range(3):
        assert settle(purchase).is_paid

    assert booked() == (1, 1, 1)
    assert Purchase.objects.get().attention == ""


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"amount_paise": 589_999}, "Payment pay_1 is ₹5,899.99, but ₹5,900.00 was due."),
        ({"amount_paise": 500_000}, "Payment pay_1 is ₹5,000.00, but ₹5,900.00 was due."),
        ({"amount_paise": 590_001}, "Payment pay_1 is ₹5,900.01, but ₹5,900.00 was due."),
        ({"currency": "USD"}, "Payment pay_1 is in USD, not INR."),
    ],
)
def test_another_sum_or_currency_is_noted_and_never_credited(
    purchase: Purchase, change: dict[str, Any], note: str
) -> None:
    responses = [settle(purchase, **change) for _ in range(2)]

    assert [response.is_paid for response in responses] == [False, False]
    assert booked() == (0, 0, 0)
    assert Purchase.objects.get().attention == note
    assert AuditEntry.objects.filter(action="purchase.flagged_for_review").count() == 1


def test_a_wrong_payment_does_not_keep_the_right_one_out(purchase: Purchase) -> None:
    settle(purchase, "pay_wrong", amount_paise=1)

    assert settle(purchase, "pay_right").payment_id == "pay_right"
    assert booked() == (1, 1, 1)


def test_a_second_payment_is_noted_and_not_credited(purchase: Purchase) -> None:
    settle(purchase)
    again = settle(purchase, "pay_2")

    assert again.payment_id == "pay_1"
    assert "Duplicate payment pay_2" in Purchase.objects.get().attention
    assert booked() == (1, 1, 1)


def test_one_payment_does_not_pay_two_purchases(partner: Partner, purchase: Purchase) -> None:
    settle(purchase)
    other = settle(buy(partner))

    assert not other.is_paid
    assert f"has already paid {purchase.reference}" in other.attention
    assert booked() == (1, 1, 1)


def test_staff_clear_a_note_and_the_audit_keeps_it(purchase: Purchase) -> None:
    settle(purchase, amount_paise=1)
    resolve_review(purchase=purchase, actor="staff@shopiq.test")

    assert Purchase.objects.get().attention == ""
    entry = AuditEntry.objects.get(action="purchase.review_resolved")
    assert "₹0.01" in entry.detail["note"]


def test_a_settlement_that_breaks_leaves_nothing(purchase: Purchase, monkeypatch: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''no invoice''; END'"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON billing_invoice"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )
    with pytest.raises(DatabaseError, match="no invoice"), transaction.atomic():
        settle(purchase)

    purchase.refresh_from_db()
    assert purchase.state == "pending"
    assert purchase.bucket_id is None
    assert booked() == (0, 0, 0)
    assert not AuditEntry.objects.filter(action="purchase.paid").exists()


def test_the_buyer_gets_a_receipt(
    partner: Partner,
) -> None:
    bill_to(partner, email="accounts@nandi.test")
    purchase = buy(partner)
    settle(purchase)

    message, copy = mail.outbox
    assert (message.to, copy.to) == ([BUYER], ["accounts@nandi.test"])
    assert message.subject == "Payment received: Starter"
    assert "We received your payment of ₹5,900.00 for the Starter package" in message.body
    assert purchase.get_absolute_url() in message.body


def test_the_receipt_is_written_with_the_booking(purchase: Purchase, settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
    settings.EMAIL_DELIVERY_BACKEND = "a.mail.server.that.is.away"
    settle(purchase)

    purchase.refresh_from_db()
    assert purchase.is_paid
    assert OutgoingMail.objects.count() == 1
