"""Bank transfer: the buyer pays with a reference, and staff confirm the payment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings

from billing.gateways.base import Checkout, Payment, Return
from billing.models import Purchase


class ManualGateway:
    """A gateway without a remote side: staff enter the transfers."""

    name: ClassVar[str] = "manual"
    label: ClassVar[str] = "Bank transfer"
    payable_for: ClassVar[timedelta | None] = None
    reports_returns: ClassVar[bool] = False

    def start(self, purchase: Purchase) -> Checkout:
        return Checkout()

    def close(self, purchase: Purchase) -> None:
        """Do nothing: a transfer in progress cannot be stopped."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        return []

    def fetch_returns(self, purchase: Purchase) -> list[Return]:
        return []

    def fetch_disputes(self, since: datetime) -> list[Return]:
        return []

    def refund(self, purchase: Purchase) -> str:
        """Return an ID only: staff transfer the money themselves."""
        return f"bank:{purchase.reference}"


def bank_details() -> list[tuple[str, str]]:
    """Return the bank account for transfers as (label, value) pairs, in display order."""
    pairs = (line.partition(":") for line in settings.BANK_DETAILS)
    return [(label.strip(), value.strip()) for label, _, value in pairs]
