"""Bank transfers that staff found on the bank statement."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Partner, User
from billing.models.purchases import Purchase
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class BankTransferQuerySet(OwnedQuerySet["BankTransfer"]):
    def open(self) -> Self:
        """Select those that are neither booked nor returned."""
        return self.filter(state=BankTransfer.State.RECEIVED)


class BankTransfer(models.Model):
    """Money that arrived for a purchase; all open ones of a purchase together pay it.

    States: received → booked or returned. Both take an approval. A trigger refuses every other
    change.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        BOOKED = "booked", "Booked"
        RETURNED = "returned", "Returned"

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="transfers", db_index=False)
    reference = models.CharField(max_length=64, help_text="UTR at the bank.")
    amount_paise = models.BigIntegerField()
    received_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, help_text="When it was booked or returned.")

    objects = BankTransferQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=("partner", "-id"), name="transfer_of_partner"),
            models.Index(fields=("purchase", "id"), name="transfer_of_purchase"),
            models.Index(fields=("id",), condition=Q(state="received"), name="transfer_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("reference",), name="transfer_recorded_once"),
            models.CheckConstraint(condition=Q(amount_paise__gt=0), name="transfer_has_amount"),
            models.CheckConstraint(
                condition=Q(state="received", closed_at=None)
                | Q(state__in=("booked", "returned"), closed_at__isnull=False),
                name="transfer_closed_with_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state == self.State.RECEIVED
