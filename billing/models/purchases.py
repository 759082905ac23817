"""Packages that partners buy."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from accounts.models import Partner
from billing.models.buckets import PointBucket
from billing.models.prices import Package, Tier
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet

_OPEN = ("created", "pending", "failed")
_PAID = ("paid", "refunding", "refunded")


class PurchaseQuerySet(OwnedQuerySet["Purchase"]):
    def due_for_check(self) -> Self:
        """Select purchases that must be compared with the gateway now."""
        return self.filter(next_check_at__lte=Now())

    def unpaid(self) -> Self:
        """Select purchases that can be paid or whose payment can be retried, newest first."""
        return self.filter(state__in=_OPEN).order_by("-created_at", "-id")

    def awaiting_transfer(self) -> Self:
        """Select purchases whose bank transfer staff confirm when it arrives."""
        return self.filter(gateway="manual", state=Purchase.State.PENDING)

    def to_review(self) -> Self:
        """Select purchases with notes for staff, such as a payment that was not booked."""
        return self.exclude(attention="")


class Purchase(models.Model):
    """A partner's purchase of one package, at the price and tax of the time it was started.

    States: created → pending → paid, and paid → refunding → refunded, or back to paid if only a
    part went back; paid → refunded if the whole payment went back at the gateway. A purchase that
    failed, was cancelled or expired may still become paid, since money that arrived is always
    booked. A trigger refuses every other way, and every change of what was agreed.
    """

    class State(models.TextChoices):
        CREATED = "created", pgettext_lazy("purchase", "Started")
        PENDING = "pending", pgettext_lazy("purchase", "Waiting for payment")
        PAID = "paid", pgettext_lazy("purchase", "Paid")
        FAILED = "failed", pgettext_lazy("purchase", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("purchase", "Cancelled")
        EXPIRED = "expired", pgettext_lazy("purchase", "Expired")
        REFUNDING = "refunding", pgettext_lazy("purchase", "Refund pending")
        REFUNDED = "refunded", pgettext_lazy("purchase", "Refunded")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="purchases", db_index=False)
    package = models.ForeignKey(Package, models.PROTECT, related_name="+", db_index=False)
    package_name = models.CharField(max_length=40)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", db_index=False)
    points = models.BigIntegerField(help_text="Hundredths of a point.")
    amount_paise = models.BigIntegerField(help_text="Before tax.")
    tax_percent = models.PositiveSmallIntegerField()
    cgst_paise = models.BigIntegerField()
    sgst_paise = models.BigIntegerField()
    igst_paise = models.BigIntegerField()
    tax_paise = models.BigIntegerField()
    total_paise = models.BigIntegerField(help_text="Amount due, with tax.")
    currency = models.CharField(max_length=3, default="INR")
    place_of_supply = models.CharField(max_length=2, help_text="State code.")

    gateway = models.CharField(max_length=20)
    reference = models.CharField(
        max_length=20, unique=True, help_text="Reference for bank transfers."
    )
    gateway_order_id = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        help_text="ID at the gateway, such as a payment link ID.",
    )
    checkout_url = models.URLField(max_length=500, blank=True)
    payment_id = models.CharField(max_length=64, null=True, blank=True)

    state = models.CharField(max_length=10, choices=State, default=State.CREATED)
    attention = models.TextField(blank=True, help_text="Notes for staff to review.")
    bucket = models.OneToOneField(
        PointBucket, models.PROTECT, null=True, blank=True, related_name="purchase"
    )
    created_by = models.CharField(max_length=254, help_text="Email address.")
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    excess_paise = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Paid on top of the amount due, such as the gateway's fee.",
    )
    returned_paise = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Part of the amount due that went back; credit notes cover it.",
    )
    returned_points = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Hundredths due back for it: taken from the bucket, or owed.",
    )
    refund_to_paise = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Of the payment, all that has gone back once the last refund by staff is done.",
    )
    refund_reason = models.CharField(max_length=200, blank=True)
    refund_id = models.CharField(max_length=64, blank=True, help_text="Refund ID at the gateway.")
    refunded_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Next check with the gateway, if any; also the lease of a check in progress.",
    )

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="purchase_of_partner"),
            models.Index(
                fields=("next_check_at",),
                condition=Q(next_check_at__isnull=False),
                name="purchase_due_for_check",
            ),
            models.Index(
                fields=("paid_at", "id"),
                condition=Q(paid_at__isnull=False),
                name="purchase_by_payment",
            ),
            models.Index(
                fields=("id",),
                condition=Q(gateway="manual", state="pending"),
                name="purchase_awaiting_transfer",
            ),
            models.Index(fields=("id",), condition=~Q(attention=""), name="purchase_to_review"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("gateway", "gateway_order_id"), name="purchase_order_once_per_gateway"
            ),
            models.UniqueConstraint(
                fields=("gateway", "payment_id"), name="payment_buys_once_per_gateway"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "created",
                        "pending",
                        "paid",
                        "failed",
                        "cancelled",
                        "expired",
                        "refunding",
                        "refunded",
                    )
                ),
                name="purchase_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_PAID)
                    & Q(payment_id__isnull=False, paid_at__isnull=False, bucket__isnull=False)
                )
                | (~Q(state__in=_PAID) & Q(payment_id=None, paid_at=None, bucket=None)),
                name="purchase_paid_with_payment_and_bucket",
            ),
            models.CheckConstraint(
                condition=Q(
                    points__gt=0,
                    amount_paise__gt=0,
                    cgst_paise__gte=0,
                    sgst_paise=F("cgst_paise"),
                    igst_paise__gte=0,
                    tax_paise=F("cgst_paise") + F("sgst_paise") + F("igst_paise"),
                    total_paise=F("amount_paise") + F("tax_paise"),
                ),
                name="purchase_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    excess_paise__gte=0,
                    returned_paise__gte=0,
                    returned_paise__lte=F("total_paise"),
                    returned_points__gte=0,
                    returned_points__lte=F("points"),
                    refund_to_paise__gte=0,
                    refund_to_paise__lte=F("total_paise") + F("excess_paise"),
                ),
                name="purchase_returns_no_more_than_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("purchase", args=[self.pk])

    @property
    def proforma_name(self) -> str:
        return f"proforma-{self.reference}.pdf"

    @property
    def paid_paise(self) -> int:
        return self.total_paise + self.excess_paise

    @property
    def is_paid(self) -> bool:
        """Return whether its points were credited, even if they were removed by a refund since."""
        return self.state in _PAID

    @property
    def is_partly_refunded(self) -> bool:
        return 0 < self.returned_paise < self.total_paise

    def returned_of(self, paise: int) -> int:
        """Return which part of the amount due went back with `paise` of the payment: what remains
        of the payment decides, so an excess goes back first."""
        return min(max(paise - self.excess_paise, 0), self.total_paise)

    @property
    def is_open(self) -> bool:
        """Return whether it can be paid or its payment retried."""
        return self.state in _OPEN
