"""The actions of the sandbox's checkout page."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.gateways import offered_gateways
from billing.models import PaymentReturn, Purchase, SandboxPayment, SandboxReturn
from billing.services.reconciliation import reconcile_purchase

State = PaymentReturn.State


def pay(purchase: Purchase) -> Purchase:
    """Pay with immediate notification, as by a signed webhook."""
    _record(purchase, is_captured=True)
    return reconcile_purchase(purchase=purchase)


def fail(purchase: Purchase) -> Purchase:
    """Record a declined payment; it can be retried."""
    _record(purchase, is_captured=False)
    return reconcile_purchase(purchase=purchase)


def pay_late(purchase: Purchase, *, seconds: int) -> Purchase:
    """Pay later without notification, so that only reconciliation finds the payment."""
    _record(purchase, is_captured=True, seconds=seconds)
    return purchase


def refund_payment(purchase: Purchase, *, paise: int) -> Purchase:
    """Refund a part of the payment, as if on the payment service's own pages."""
    _record_return(purchase, PaymentReturn.Kind.REFUND, State.RETURNED, paise)
    return reconcile_purchase(purchase=purchase)


def dispute(purchase: Purchase) -> Purchase:
    """Dispute the whole payment, as a buyer does at the bank."""
    _record_return(purchase, PaymentReturn.Kind.DISPUTE, State.OPEN, purchase.paid_paise)
    return reconcile_purchase(purchase=purchase)


def decide_disputes(purchase: Purchase, *, is_won: bool) -> None:
    """Close the open disputes; won means that the seller keeps the money."""
    _require_sandbox(purchase)
    disputes = SandboxReturn.objects.of(purchase.partner_id).filter(
        payment__purchase=purchase, kind=PaymentReturn.Kind.DISPUTE, state=State.OPEN
    )
    disputes.update(state=State.KEPT if is_won else State.RETURNED)
    reconcile_purchase(purchase=purchase)


def _record(purchase: Purchase, *, is_captured: bool, seconds: int = 0) -> None:
    _require_sandbox(purchase)
    if purchase.is_open:
        SandboxPayment.objects.create(
            partner_id=purchase.partner_id,
            purchase=purchase,
            amount_paise=purchase.total_paise,
            currency=purchase.currency,
            is_captured=is_captured,
            happens_at=Now() + timedelta(seconds=seconds),
        )


def _record_return(
    purchase: Purchase, kind: PaymentReturn.Kind, state: PaymentReturn.State, paise: int
) -> None:
    _require_sandbox(purchase)
    if purchase.is_paid and paise > 0:
        SandboxReturn.objects.create(
            partner_id=purchase.partner_id,
            payment_id=str(purchase.payment_id),
            kind=kind,
            state=state,
            amount_paise=paise,
        )


def _require_sandbox(purchase: Purchase) -> None:
    """Raise `ValueError` if no sandbox is offered: its payments cost nothing."""
    if purchase.gateway not in [offered.name for offered in offered_gateways()]:
        raise ValueError("there is no sandbox here")
    if purchase.gateway != "sandbox":
        raise ValueError(f"{purchase.reference} is not paid in the sandbox")
