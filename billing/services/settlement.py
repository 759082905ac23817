"""Books payments: points, invoice and state in one transaction, once per payment."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.models import Purchase
from billing.money import rupees
from billing.services.emails import send_receipt
from billing.services.invoices import issue_invoice
from billing.services.ledger import credit_bucket

log = structlog.get_logger(__name__)


def settle_purchase(
    *,
    purchase_id: str,
    payment_id: str,
    amount_paise: int,
    currency: str,
    paid_at: datetime,
    actor: str,
) -> Purchase:
    """Book a captured payment atomically; repeating it changes nothing.

    A payment that differs from the purchase, or a duplicate one, is flagged for staff and never
    credited: check the returned `is_paid` and `payment_id`. Raises `Purchase.DoesNotExist`.
    """
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if purchase.payment_id == payment_id:
            return purchase
        if problem := _find_problem(purchase, payment_id, amount_paise, currency):
            flag_for_review(purchase=purchase, note=problem, actor=actor)
            return purchase
        _book(purchase, payment_id, paid_at, actor)
        send_receipt(purchase)
    return purchase


def lock_purchase(purchase_id: str) -> Purchase:
    """Lock the partner's row, as all writers of points do first, and then the purchase."""
    purchases = Purchase.objects.of_all()
    partner_id = purchases.values_list("partner_id", flat=True).get(pk=purchase_id)
    partner = lock_partner(partner_id)
    mine = Purchase.objects.of(partner_id)
    purchase = mine.select_for_update(no_key=True).get(pk=purchase_id)
    purchase.partner = partner
    return purchase


def _find_problem(
    purchase: Purchase, payment_id: str, amount_paise: int, currency: str
) -> str | None:
    """Return why a payment cannot be booked, as a sentence for staff."""
    if purchase.is_paid:
        return f"Duplicate payment {payment_id}. Refund it at the gateway."
    if currency != purchase.currency:
        return f"Payment {payment_id} is in {currency}, not {purchase.currency}."
    if amount_paise != purchase.total_paise:
        due = rupees(purchase.total_paise)
        return f"Payment {payment_id} is {rupees(amount_paise)}, but {due} was due."
    purchases = Purchase.objects.of_all()
    others = purchases.filter(gateway=purchase.gateway, payment_id=payment_id)
    if other := others.first():
        return f"Payment {payment_id} has already paid {other.reference}."
    return None


def _book(purchase: Purchase, payment_id: str, paid_at: datetime, actor: str) -> None:
    purchase.bucket = credit_bucket(
        partner=purchase.partner,
        tier=purchase.tier,
        points=purchase.points,
        actor=actor,
        note=purchase.reference,
        package=purchase.package,
    )
    purchase.state = Purchase.State.PAID
    purchase.payment_id, purchase.paid_at = payment_id, paid_at
    purchase.save(update_fields=["bucket", "state", "payment_id", "paid_at"])
    record_audit(
        partner=purchase.partner,
        actor=actor,
        action="purchase.paid",
        target=purchase.pk,
        reference=purchase.reference,
        payment=payment_id,
        total_paise=purchase.total_paise,
    )
    # Last, because issuing blocks the number series until the commit.
    issue_invoice(purchase=purchase)


def flag_for_review(*, purchase: Purchase, note: str, actor: str) -> None:
    """Add a note for staff, once; the caller must hold the purchase's lock."""
    if note in purchase.attention.splitlines():
        return
    purchase.attention = f"{purchase.attention}\n{note}".strip()
    purchase.save(update_fields=["attention"])
    record_audit(
        partner=purchase.partner,
        actor=actor,
        action="purchase.flagged_for_review",
        target=purchase.pk,
        reference=purchase.reference,
        note=note,
    )
    log.warning("purchase needs review", purchase=purchase.reference, note=note)


def confirm_manual_payment(*, purchase: Purchase, bank_reference: str, actor: str) -> Purchase:
    """Book a bank transfer of the full amount, identified by its `bank_reference`.

    Raises `ValueError` for a purchase of another gateway. A reference that already paid for another
    purchase is flagged and not booked: check `is_paid`.
    """
    if purchase.gateway != "manual":
        raise ValueError(f"{purchase.reference} is not paid by bank transfer")
    return settle_purchase(
        purchase_id=purchase.pk,
        payment_id=bank_reference.strip().upper(),
        amount_paise=purchase.total_paise,
        currency=purchase.currency,
        paid_at=timezone.now(),
        actor=actor,
    )
