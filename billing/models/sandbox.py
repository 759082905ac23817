"""Payments of the sandbox gateway, which simulates a payment service."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now

from accounts.models import Partner
from billing.models.purchases import Purchase
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class SandboxPaymentQuerySet(OwnedQuerySet["SandboxPayment"]):
    def visible(self) -> Self:
        """Select payments that have happened; a late payment has a future time."""
        return self.filter(happens_at__lte=Now())

    def refund(self, payment_id: str | None) -> bool:
        """Refund a payment, once; return False if no such payment was captured."""
        captured = self.filter(pk=payment_id, is_captured=True)
        captured.filter(refunded_at=None).update(refunded_at=Now())
        return captured.exists()


class SandboxPayment(models.Model):
    """One attempt to pay on the sandbox's checkout page; no money is involved."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="+")
    amount_paise = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_captured = models.BooleanField()
    happens_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True, blank=True)

    objects = SandboxPaymentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.id
