"""A gateway for development that moves no money and stores its payments in our database.

`billing.services.sandbox` implements its checkout page (pay, fail, pay late).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext

from billing.gateways.base import Checkout, GatewayError, Payment, Payout, Return, refund_key
from billing.gst import day_bounds
from billing.models import PaymentReturn, PayoutLine, Purchase, SandboxPayment, SandboxReturn


class SandboxGateway:
    """Behaves like a remote gateway: it holds payments and is only queried for them."""

    name: ClassVar[str] = "sandbox"
    payable_for: ClassVar[timedelta | None] = timedelta(days=3)
    reports_returns: ClassVar[bool] = True
    is_booked_by_staff: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return gettext("Sandbox (no money moves)")

    @property
    def summary(self) -> str:
        return gettext("Simulates a payment page. Points are added at once.")

    def start(self, purchase: Purchase) -> Checkout:
        url = f"{settings.PUBLIC_URL}/checkout/sandbox/{purchase.reference}/"
        return Checkout(url, f"sandbox_{purchase.id}")

    def close(self, purchase: Purchase) -> None:
        """Do nothing: its page shows that the purchase is cancelled."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        if self.name not in settings.PAYMENT_GATEWAYS:
            return []
        payments = SandboxPayment.objects.of(purchase.partner_id).filter(purchase=purchase)
        rows = payments.visible().with_refunded().order_by("happens_at")
        return [
            Payment(
                row.id,
                row.amount_paise,
                row.currency,
                row.is_captured,
                row.happens_at,
                row.refunded_paise,  # type: ignore[attr-defined]
            )
            for row in rows
        ]

    def fetch_returns(self, purchase: Purchase) -> list[Return]:
        if self.name not in settings.PAYMENT_GATEWAYS:
            return []
        rows = SandboxReturn.objects.of(purchase.partner_id).filter(payment__purchase=purchase)
        return [
            Return(
                id=row.id,
                payment_id=row.payment_id,
                kind=PaymentReturn.Kind(row.kind),
                state=PaymentReturn.State(row.state),
                amount_paise=row.amount_paise,
                currency=purchase.currency,
                at=row.created_at,
            )
            for row in rows.order_by("id")
        ]

    def fetch_disputes(self, since: datetime) -> list[Return]:
        return []

    def fetch_payouts(self, day: date) -> list[Payout]:
        """Pay out at once, without a fee."""
        if self.name not in settings.PAYMENT_GATEWAYS:
            return []
        since, until = day_bounds(day, day)
        payout_id = f"sandbox_{day:%Y%m%d}"
        payments = (
            SandboxPayment.objects.of_all()
            .visible()
            .filter(is_captured=True, happens_at__gte=since, happens_at__lt=until)
        )
        returns = SandboxReturn.objects.of_all().filter(
            state=PaymentReturn.State.RETURNED, created_at__gte=since, created_at__lt=until
        )
        lines = [
            (x.pk, x.pk, PayoutLine.Kind.PAYMENT, x.amount_paise, x.happens_at) for x in payments
        ] + [
            (x.pk, x.payment_id, PayoutLine.Kind(x.kind), -x.amount_paise, x.created_at)
            for x in returns
        ]
        return [
            Payout(line, kind, payment, payout_id, "", gross, 0, 0, at)
            for line, payment, kind, gross, at in lines
        ]

    def refund(self, purchase: Purchase, amount_paise: int) -> str:
        payments = SandboxPayment.objects.of(purchase.partner_id)
        payment = payments.filter(pk=purchase.payment_id).first()
        if payment is None:
            raise GatewayError("the sandbox knows no such payment", is_permanent=True)
        row, _ = SandboxReturn.objects.of(purchase.partner_id).get_or_create(
            id=_refund_id(purchase, amount_paise),
            defaults={
                "partner_id": purchase.partner_id,
                "payment": payment,
                "kind": PaymentReturn.Kind.REFUND,
                "state": PaymentReturn.State.RETURNED,
                "amount_paise": amount_paise,
            },
        )
        return row.id


def _refund_id(purchase: Purchase, amount_paise: int) -> str:
    """Return the same for every attempt."""
    key = refund_key(purchase, amount_paise)
    return key if key == purchase.pk else sha256(key.encode()).hexdigest()[:24]
