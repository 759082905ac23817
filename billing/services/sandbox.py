"""What the buttons of the sandbox's checkout page do."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.gateways import offered_gateways
from billing.models import Purchase, SandboxPayment
from billing.services.reconciliation import reconcile_purchase


def pay(purchase: Purchase) -> Purchase:
    """Pays, and is told at once, as a signed webhook would."""
    _record(purchase, is_captured=True)
    return reconcile_purchase(purchase=purchase)


def fail(purchase: Purchase) -> Purchase:
    """An attempt that the bank declined; the page can be tried again."""
    _record(purchase, is_captured=False)
    return reconcile_purchase(purchase=purchase)


def pay_late(purchase: Purchase, seconds: int) -> Purchase:
    """Pays in a while and tells nobody: only the reconciliation finds it."""
    _record(purchase, is_captured=True, seconds=seconds)
    return purchase


def _record(purchase: Purchase, *, is_captured: bool, seconds: int = 0) -> None:
    """Raises `ValueError` where no sandbox is offered: its payments are free of charge."""
    if purchase.gateway not in [offered.name for offered in offered_gateways()]:
        raise ValueError("there is no sandbox here")
    if purchase.gateway != "sandbox":
        raise ValueError(f"{purchase.reference} is not paid in the sandbox")
    if purchase.is_open:
        SandboxPayment.objects.create(
            purchase=purchase,
            amount_paise=purchase.total_paise,
            currency=purchase.currency,
            is_captured=is_captured,
            happens_at=Now() + timedelta(seconds=seconds),
        )
