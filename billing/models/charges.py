"""Charges of operations and their refunds."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from accounts.models import ApiKey, Partner
from billing.models.prices import OperationPrice, Tier
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class ChargeQuerySet(OwnedQuerySet["Charge"]):
    def reserved(self) -> Self:
        return self.filter(state=Charge.State.RESERVED)


class Charge(models.Model):
    """The points of one operation: reserved at its start, then kept or refunded once."""

    class State(models.TextChoices):
        RESERVED = "reserved", pgettext_lazy("operation on an image", "Reserved")
        SUCCEEDED = "succeeded", pgettext_lazy("operation on an image", "Succeeded")
        REFUNDED = "refunded", pgettext_lazy("operation on an image", "Refunded")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=10, choices=OperationPrice.Action)
    mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    # Unchecked: it is the tier of a bucket, and every charge of every partner would lock its row.
    tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    cost = models.BigIntegerField(help_text="Hundredths of a point charged at the start.")
    fast_cost = models.BigIntegerField(help_text="Price of fast mode at the time of the charge.")
    refunded = models.BigIntegerField(default=0, help_text="Hundredths of a point refunded.")
    state = models.CharField(max_length=10, choices=State, default=State.RESERVED)
    holder = models.CharField(max_length=64, help_text="Web process that handles the request.")
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=("lease_until",), condition=Q(state="reserved"), name="charge_lease"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("reserved", "succeeded", "refunded")),
                name="charge_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="refunded", refunded=F("cost"))
                | Q(state="reserved", refunded=0)
                | Q(state="succeeded", refunded__gte=0, refunded__lt=F("cost")),
                name="charge_refund_fits_state",
            ),
            models.CheckConstraint(condition=Q(cost__gt=0), name="charge_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.id}"

    # Django's would translate all choices to find one, in each row of a list.
    def get_action_display(self) -> str:  # type: ignore[no-redef]
        return str(OperationPrice.Action(self.action).label)

    def get_mode_display(self) -> str:  # type: ignore[no-redef]
        return str(OperationPrice.Mode(self.mode).label)

    @property
    def net_cost(self) -> int:
        return self.cost - self.refunded
