"""The ledger's mix of events, with points that are bought and purchases that are refunded."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, rule

from billing.models import Purchase
from billing.services import NotRefundable, PointsAlreadyUsed, TransferRefused
from tests.billing.approvals import refund_purchase
from tests.billing.ledger_machine import LedgerMachine
from tests.billing.purchases import buy_points, settle


class PurchaseMachine(LedgerMachine):
    """Everything that the ledger's machine does, and purchases among it."""

    purchases = Bundle("purchases")

    @rule(target=purchases, points=st.integers(1, 2_500))
    def buy(self, points: int) -> str:
        """Record the transfer twice: the second time is refused."""
        purchase = buy_points(self.keys.partner, points)
        paid = settle(purchase, f"pay_{purchase.pk}")
        with pytest.raises(TransferRefused):
            settle(purchase, f"pay_{purchase.pk}")
        self.model.credit(str(paid.bucket_id), points)
        return purchase.pk

    @rule(purchase_id=purchases)
    def refund_a_purchase(self, purchase_id: str) -> None:
        """Also a second time, and after calls used it: then it must change nothing."""
        purchase = Purchase.objects.get(pk=purchase_id)
        bucket = self.model.buckets[str(purchase.bucket_id)]
        refuse = NotRefundable if purchase.state == "refunded" else PointsAlreadyUsed
        if purchase.state == "paid" and bucket.remaining == bucket.original:
            refund_purchase(purchase=purchase, actor="test", reason="test")
            bucket.remaining = 0
            return
        with pytest.raises(refuse):
            refund_purchase(purchase=purchase, actor="test", reason="test")

    @rule(points=st.integers(1, 2_500))
    def crash_while_booking_a_payment(self, points: int) -> None:
        purchase = buy_points(self.keys.partner, points)
        with transaction.atomic():
            settle(purchase, f"pay_{purchase.pk}")
            transaction.set_rollback(True)
