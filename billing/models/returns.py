"""Refunds and disputes of payments, as reported by their gateways."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Partner
from billing.models.purchases import Purchase
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class PaymentReturnQuerySet(OwnedQuerySet["PaymentReturn"]):
    def open(self) -> Self:
        return self.filter(state=PaymentReturn.State.OPEN)

    def open_disputes(self) -> Self:
        return self.open().filter(kind=PaymentReturn.Kind.DISPUTE)

    def of_payment(self, purchase: Purchase, payment_id: str) -> Self:
        return self.filter(purchase=purchase, payment_id=payment_id)


class PaymentReturn(models.Model):
    """A refund or a dispute: money of a payment that went back or may go back.

    Stored even if its payment was never booked. The state moves forward only, open → kept →
    returned, so that reports may arrive in any order.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", pgettext_lazy("payment that goes back", "Refund")
        DISPUTE = "dispute", pgettext_lazy("payment that goes back", "Dispute")

    class State(models.TextChoices):
        OPEN = "open", "In progress"
        KEPT = "kept", "Money kept"
        RETURNED = "returned", "Money returned"

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="returns", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State)
    gateway_id = models.CharField(max_length=64, help_text="ID at the gateway.")
    payment_id = models.CharField(max_length=64)
    amount_paise = models.BigIntegerField()
    reason = models.CharField(max_length=100, blank=True, help_text="The gateway's code.")
    respond_by = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "refund or dispute"
        verbose_name_plural = "refunds and disputes"
        indexes = [
            models.Index(
                fields=("partner",), condition=Q(state="open"), name="payment_return_open"
            ),
            models.Index(fields=("partner", "-id"), name="payment_return_of_partner"),
            models.Index(fields=("gateway_id",), name="payment_return_by_gateway_id"),
            models.Index(fields=("payment_id",), name="payment_return_by_payment"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("purchase", "gateway_id"), name="payment_return_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("refund", "dispute"), amount_paise__gt=0)
                & (
                    Q(state="open", closed_at=None)
                    | Q(state__in=("kept", "returned"), closed_at__isnull=False)
                ),
                name="payment_return_fits_state",
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_id

    @property
    def status(self) -> str:
        """Describe the state for the partner, who gets the money that the seller does not keep."""
        if self.state == self.State.OPEN:
            return pgettext("refund or dispute", "In progress")
        is_refund, is_returned = self.kind == self.Kind.REFUND, self.state == self.State.RETURNED
        if is_refund:
            return pgettext("refund", "Refunded") if is_returned else pgettext("refund", "Failed")
        if is_returned:
            return pgettext("dispute", "Refunded to the buyer")
        return pgettext("dispute", "Closed, payment kept")
