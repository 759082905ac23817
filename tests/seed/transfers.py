"""Bank transfers of the past."""

from __future__ import annotations

from datetime import datetime

from billing.models import Approval, BankTransfer, Purchase
from tests.seed.history import backdate


def backdate_transfer(purchase: Purchase, at: datetime) -> None:
    """Let the transfer of a purchase have been recorded and booked then."""
    if purchase.gateway == "manual":
        times = {purchase.pk: at}
        decided = ("requested_at", "decided_at", "carried_out_at")
        backdate(Purchase, times, "paid_at")
        backdate(Approval, times, *decided, by="purchase_id")
        backdate(BankTransfer, times, "received_on", "recorded_at", "closed_at", by="purchase_id")
