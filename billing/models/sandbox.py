"""Payments of the sandbox gateway, which simulates a payment service."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Now

from accounts.models import Partner
from billing.models.purchases import Purchase
from billing.models.returns import PaymentReturn
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class SandboxPaymentQuerySet(OwnedQuerySet["SandboxPayment"]):
    def visible(self) -> Self:
        """Select payments that have happened; a late payment has a future time."""
        return self.filter(happens_at__lte=Now())

    def with_refunded(self) -> Self:
        """Annotate with `refunded_paise`."""
        refunds = Q(returns__kind=PaymentReturn.Kind.REFUND)
        gone = refunds & ~Q(returns__state=PaymentReturn.State.KEPT)
        return self.annotate(refunded_paise=Sum("returns__amount_paise", filter=gone, default=0))


class SandboxPayment(models.Model):
    """One attempt to pay on the sandbox's checkout page; no money is involved."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="+")
    amount_paise = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_captured = models.BooleanField()
    happens_at = models.DateTimeField()

    objects = SandboxPaymentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.id


class SandboxReturn(models.Model):
    """A refund or dispute in the sandbox."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(SandboxPayment, models.PROTECT, related_name="returns")
    kind = models.CharField(max_length=10, choices=PaymentReturn.Kind)
    state = models.CharField(max_length=10, choices=PaymentReturn.State)
    amount_paise = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.id
