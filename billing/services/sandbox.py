"""The actions of the sandbox's checkout page."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.gateways import offered_gateways
from billing.models import Purchase, SandboxPayment
from billing.services.reconciliation import reconcile_purchase


def pay(purchase: Purchase) -> Purchase:
    """Pay with immediate notification, as by a signed webhook."""
    _record(purchase, is_captured=True)
    return reconcile_purchase(purchase=purchase)


def fail(purchase: Purchase) -> Purchase:
    """Record a declined payment; it can be retried."""
    _record(purchase, is_captured=False)
    return reconcile_purchase(purchase=purchase)


def pay_late(purchase: Purchase, seconds: int) -> Purchase:
    """Pay later without notification, so that only reconciliation finds the payment."""
    _record(purchase, is_captured=True, seconds=seconds)
    return purchase


def _record(purchase: Purchase, *, is_captured: bool, seconds: int = 0) -> None:
    """Raise `ValueError` if no sandbox is offered: its payments cost nothing."""
    if purchase.gateway not in [offered.name for offered in offered_gateways()]:
        raise ValueError("there is no sandbox here")
    if purchase.gateway != "sandbox":
        raise ValueError(f"{purchase.reference} is not paid in the sandbox")
    if purchase.is_open:
        SandboxPayment.objects.create(
            partner_id=purchase.partner_id,
            purchase=purchase,
            amount_paise=purchase.total_paise,
            currency=purchase.currency,
            is_captured=is_captured,
            happens_at=Now() + timedelta(seconds=seconds),
        )
