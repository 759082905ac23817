"""Bank transfer: the buyer transfers with the reference, staff confirm what they see arrive."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings

from billing.gateways.base import Checkout, Payment
from billing.models import Purchase


class ManualGateway:
    """Nobody to ask: what is known of a transfer is what staff entered."""

    name: ClassVar[str] = "manual"
    label: ClassVar[str] = "Bank transfer"
    payable_for: ClassVar[timedelta | None] = None

    def start(self, purchase: Purchase) -> Checkout:
        return Checkout()

    def close(self, purchase: Purchase) -> None:
        """A transfer under way cannot be stopped from here."""

    def fetch(self, purchase: Purchase) -> list[Payment]:
        return []

    def refund(self, purchase: Purchase) -> str:
        """Staff transfer the money back themselves; the id names what it belongs to."""
        return f"bank:{purchase.reference}"


def bank_details() -> list[tuple[str, str]]:
    """Where to transfer to, as (label, value) in the order in which it is shown."""
    pairs = (line.partition(":") for line in settings.BANK_DETAILS)
    return [(label.strip(), value.strip()) for label, _, value in pairs]
