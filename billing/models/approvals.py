"""Movements of points and money that one member of the staff asks for and another approves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import Partner, User
from billing.models.buckets import PointBucket
from billing.models.ledger import LedgerEntry
from billing.models.prices import Tier
from billing.models.purchases import Purchase
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class ApprovalQuerySet(OwnedQuerySet["Approval"]):
    def pending(self) -> Self:
        return self.filter(state=Approval.State.PENDING)

    def reasons_of(self, entries: Iterable[LedgerEntry]) -> dict[str, str]:
        """Return why points were corrected, by the entry's ID, which is that of the approval."""
        corrections = [each.pk for each in entries if each.kind == LedgerEntry.Kind.CORRECTION]
        found = self.filter(pk__in=corrections) if corrections else self.none()
        return dict(found.values_list("pk", "reason"))

    def lapsed(self) -> Self:
        """Select those that no one decided in time."""
        return self.pending().filter(expires_at__lte=Now())


class Approval(models.Model):
    """A request to move points or money, and its decision.

    States: pending → approved, declined, withdrawn or lapsed. It is carried out in the transaction
    that approves it, so an approved one has been carried out once. A trigger refuses every other
    way, and every change of what was asked.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", "Grant points"
        CORRECTION = "correction", "Correct points"
        REFUND = "refund", "Refund a purchase"
        BOOKING = "booking", "Book a payment"
        RETURN = "return", "Return a bank transfer"
        WRITE_OFF = "write_off", "Write off a debt"

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for approval"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="approvals", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    points = models.BigIntegerField(
        help_text="Signed hundredths: what is asked for, or what it came to when it was asked."
    )
    reason = models.CharField(max_length=200)
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, related_name="+", db_index=False)
    bucket = models.ForeignKey(
        PointBucket,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The bucket to correct, or the one that was granted.",
    )
    purchase = models.ForeignKey(
        Purchase, models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment_id = models.CharField(max_length=64, blank=True)
    is_unspent_only = models.BooleanField(
        default=False, help_text="Refund what is unspent, rather than an unused purchase."
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    requested_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, blank=True)
    is_single = models.BooleanField(
        default=False, help_text="Small enough for one person, by the settings of that time."
    )
    carried_out_at = models.DateTimeField(null=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("request_approval", "Can ask for points and money to be moved"),
            ("decide_approval", "Can approve what others ask for"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("expires_at",), condition=Q(state="pending"), name="approval_pending"
            ),
            models.Index(fields=("partner", "-id"), name="approval_of_partner"),
            models.Index(fields=("requested_by", "requested_at"), name="approval_of_requester"),
            models.Index(
                fields=("decided_by", "decided_at"),
                condition=Q(state="approved"),
                name="approval_of_approver",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="grant", points__gt=0, tier__isnull=False)
                | Q(kind="correction", bucket__isnull=False) & ~Q(points=0)
                | Q(kind="refund", points__lte=0, purchase__isnull=False)
                | Q(kind="return", points__lt=0, purchase__isnull=False) & ~Q(payment_id="")
                | Q(kind="booking", points__gt=0, purchase__isnull=False) & ~Q(payment_id="")
                | Q(kind="write_off", points__gt=0),
                name="approval_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by=None, decided_at=None)
                | Q(state="lapsed", decided_by=None, decided_at__isnull=False)
                | Q(
                    state__in=("approved", "declined", "withdrawn"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="approval_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "declined"))
                | Q(is_single=True)
                | ~Q(decided_by=F("requested_by")),
                name="approval_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at=None) | Q(state="approved"),
                name="approval_carried_out_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("admin:billing_approval_change", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def size(self) -> int:
        """Return the hundredths that count towards limits."""
        return abs(self.points)
