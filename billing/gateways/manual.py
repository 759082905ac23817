"""Bank transfer: the buyer pays with a reference, and staff confirm the payment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from billing.gateways.base import Checkout, Payment, Payout, Return, refund_key
from billing.gst import day_bounds
from billing.models import BankTransfer, PaymentReturn, PayoutLine, Purchase

#: Labels that `BANK_DETAILS` usually has; others are shown as they are.
_LABELS = (
    gettext_noop("Account name"),
    gettext_noop("Account number"),
    gettext_noop("Account type"),
    gettext_noop("Bank"),
    gettext_noop("Branch"),
)


class ManualGateway:
    """A gateway without a remote side: staff record the transfers."""

    name: ClassVar[str] = "manual"
    payable_for: ClassVar[timedelta | None] = None
    reports_returns: ClassVar[bool] = False
    is_booked_by_staff: ClassVar[bool] = True

    @property
    def label(self) -> str:
        return gettext("Bank transfer")

    @property
    def summary(self) -> str:
        return gettext(
            "NEFT, RTGS, IMPS or UPI. Points are added when your transfer arrives, usually on the"
            " next business day."
        )

    def start(self, purchase: Purchase) -> Checkout:
        return Checkout()

    def close(self, purchase: Purchase) -> None:
        """Do nothing: a transfer in progress cannot be stopped."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        """Return what staff recorded and did not book or return yet, as one payment."""
        mine = BankTransfer.objects.of(purchase.partner_id).filter(purchase=purchase)
        received = list(mine.open().order_by("recorded_at", "id"))
        if not received:
            return []
        first, total = received[0], sum(each.amount_paise for each in received)
        return [Payment(first.reference, total, purchase.currency, True, timezone.now())]

    def fetch_returns(self, purchase: Purchase) -> list[Return]:
        return []

    def fetch_disputes(self, since: datetime) -> list[Return]:
        return []

    def fetch_payouts(self, day: date) -> list[Payout]:
        """Return the transfers that staff found on the bank statement, and those they made."""
        since, until = day_bounds(day, day)
        paid = Purchase.objects.of_all().filter(
            gateway=self.name, paid_at__gte=since, paid_at__lt=until
        )
        returns = PaymentReturn.objects.of_all().filter(
            purchase__gateway=self.name,
            state=PaymentReturn.State.RETURNED,
            closed_at__gte=since,
            closed_at__lt=until,
        )
        lines: list[Payout] = []
        for purchase in paid:
            assert purchase.paid_at
            name, paise, at = str(purchase.payment_id), purchase.paid_paise, purchase.paid_at
            lines.append(_transfer(name, name, PayoutLine.Kind.PAYMENT, paise, at))
        for row in returns:
            assert row.closed_at
            kind, paise, at = PayoutLine.Kind(row.kind), -row.amount_paise, row.closed_at
            lines.append(_transfer(row.gateway_id, row.payment_id, kind, paise, at))
        return lines

    def refund(self, purchase: Purchase, amount_paise: int) -> str:
        """Return an ID only: staff transfer the money themselves."""
        part = refund_key(purchase, amount_paise).removeprefix(purchase.pk)
        return f"bank:{purchase.reference}{part}"


def _transfer(name: str, payment: str, kind: PayoutLine.Kind, paise: int, at: datetime) -> Payout:
    return Payout(name, kind, payment, name, name, paise, 0, 0, at)


def bank_details() -> list[tuple[str, str]]:
    """Return the bank account for transfers as (label, value) pairs, in display order."""
    pairs = (line.partition(":") for line in settings.BANK_DETAILS)
    details = [(_label(label.strip()), value.strip()) for label, _, value in pairs]
    return [*details, *([("UPI ID", settings.UPI_ID)] if settings.UPI_ID else [])]


def _label(label: str) -> str:
    return gettext(label) if label in _LABELS else label
