"""A gateway for development that moves no money and stores its payments in our database.

`billing.services.sandbox` implements its checkout page (pay, fail, pay late).
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings

from billing.gateways.base import Checkout, GatewayError, Payment
from billing.models import Purchase, SandboxPayment


class SandboxGateway:
    """Behaves like a remote gateway: it holds payments and is only queried for them."""

    name: ClassVar[str] = "sandbox"
    label: ClassVar[str] = "Sandbox (no money moves)"
    payable_for: ClassVar[timedelta | None] = timedelta(days=3)

    def start(self, purchase: Purchase) -> Checkout:
        url = f"{settings.PUBLIC_URL}/checkout/sandbox/{purchase.reference}/"
        return Checkout(url, f"sandbox_{purchase.id}")

    def close(self, purchase: Purchase) -> None:
        """Do nothing: its page shows that the purchase is cancelled."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        if self.name not in settings.PAYMENT_GATEWAYS:
            return []
        payments = SandboxPayment.objects.of(purchase.partner_id).filter(purchase=purchase)
        rows = payments.visible().order_by("happens_at")
        return [
            Payment(row.id, row.amount_paise, row.currency, row.is_captured, row.happens_at)
            for row in rows
        ]

    def refund(self, purchase: Purchase) -> str:
        payments = SandboxPayment.objects.of(purchase.partner_id)
        if not payments.refund(purchase.payment_id):
            raise GatewayError("the sandbox knows no such payment", is_refusal=True)
        return f"refund_{purchase.payment_id}"
