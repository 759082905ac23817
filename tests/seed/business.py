"""Purchases of the past, in every state and at every gateway, and money that went back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.test import override_settings

from accounts.models import Partner
from billing.gateways import Payment, Return
from billing.models import Invoice, LedgerEntry, Package, PaymentReturn, PointBucket, Purchase
from billing.services import record_return, settle_purchase, start_purchase
from billing.services.purchases import cancel_purchase, mark_unpaid
from tests.billing.approvals import receive_transfer
from tests.billing.chains import without_triggers
from tests.seed.history import ago, backdate
from tests.seed.transfers import backdate_transfer


@dataclass(frozen=True, slots=True)
class Order:
    """`end` is paid, failed, cancelled, expired, flagged or waiting."""

    partner: Partner
    actor: str
    at: datetime
    package: Package
    gateway: str
    end: str


def carry_out(order: Order) -> Purchase:
    """Start the purchase and bring it to its end; the caller sets the clock."""
    # Razorpay is not asked for a link: the sandbox begins it in its place.
    started_at = "sandbox" if order.gateway == "razorpay" else order.gateway
    purchase = start_purchase(
        partner=order.partner, package=order.package, gateway=started_at, actor=order.actor
    )
    # A cancelled one stays where it began: Razorpay would be told of it.
    if order.gateway == "razorpay" and order.end != "cancelled":
        _move_to_razorpay(purchase)
    _end(order, purchase)
    # No gateway knows these purchases, so none is asked about them.
    Purchase.objects.of(order.partner.pk).filter(pk=purchase.pk).update(next_check_at=None)
    return purchase


def _move_to_razorpay(purchase: Purchase) -> None:
    purchase.gateway = "razorpay"
    purchase.gateway_order_id = f"plink_{secrets.token_hex(7)}"
    purchase.checkout_url = f"https://rzp.example/i/{secrets.token_hex(4)}"
    with without_triggers():
        purchase.save(update_fields=["gateway", "gateway_order_id", "checkout_url"])


def _end(order: Order, purchase: Purchase) -> None:
    match order.end:
        case "paid":
            _date(_pay(purchase, order.at), order.at)
        case "flagged":
            _pay(purchase, order.at, excess_paise=45_000)
        case "failed" | "expired":
            mark_unpaid(purchase=purchase, state=Purchase.State(order.end))
        case "cancelled":
            cancel_purchase(purchase=purchase, actor=order.actor)


def _pay(purchase: Purchase, at: datetime, excess_paise: int = 0) -> Purchase:
    if purchase.gateway == "manual":
        return _receive(purchase)
    name = {"razorpay": "pay", "sandbox": "sbx"}[purchase.gateway]
    paise = purchase.total_paise + excess_paise
    payment = Payment(f"{name}_{secrets.token_hex(7)}", paise, purchase.currency, True, at)
    return settle_purchase(
        purchase_id=purchase.pk, payment=payment, actor=f"gateway:{purchase.gateway}"
    )


def _receive(purchase: Purchase) -> Purchase:
    """Let staff record and book a transfer, however many they book in the hour of this year."""
    with override_settings(APPROVAL_DAILY_POINTS={"finance": 10**9}):
        return receive_transfer(purchase=purchase, reference=f"UTR{secrets.randbelow(10**12):012}")


def _date(purchase: Purchase, at: datetime) -> None:
    """Move what the database's clock has stamped."""
    backdate_transfer(purchase, at)
    backdate(LedgerEntry, {purchase.bucket_id: at}, "created_at", by="bucket_id")
    backdate(PointBucket, {purchase.bucket_id: at}, "purchased_at")
    backdate(Invoice, {purchase.pk: at}, "issued_at", by="purchase_id")


def return_money(partner: Partner, *, is_dispute: bool) -> Purchase:
    """Open a dispute of the newest payment, or give back the oldest, whose points are used."""
    paid = Purchase.objects.of(partner.pk).filter(state=Purchase.State.PAID).order_by("paid_at")
    purchase = paid.last() if is_dispute else paid.first()
    assert purchase
    kind, state = PaymentReturn.Kind, PaymentReturn.State
    return record_return(
        purchase_id=purchase.pk,
        reported=Return(
            id=f"{'disp' if is_dispute else 'rfnd'}_{secrets.token_hex(7)}",
            payment_id=str(purchase.payment_id),
            kind=kind.DISPUTE if is_dispute else kind.REFUND,
            state=state.OPEN if is_dispute else state.RETURNED,
            amount_paise=purchase.paid_paise,
            currency=purchase.currency,
            at=ago(hours=20),
        ),
        actor=f"gateway:{purchase.gateway}",
    )
