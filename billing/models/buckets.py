"""Buckets of points."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Partner
from billing.models.prices import Package, Tier
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class PointBucketQuerySet(OwnedQuerySet["PointBucket"]):
    def in_burn_order(self) -> Self:
        return self.order_by("purchased_at", "id")

    def with_points(self) -> Self:
        return self.filter(remaining__gt=0)

    def kept(self) -> Self:
        """Exclude buckets of refunded purchases, whose points were removed unused."""
        return self.exclude(purchase__state__in=("refunding", "refunded"))


class PointBucket(models.Model):
    """The points of one purchase or grant."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="buckets", db_index=False)
    tier = models.ForeignKey(Tier, models.PROTECT, db_index=False)
    package = models.ForeignKey(Package, models.PROTECT, null=True, blank=True, db_index=False)
    original = models.BigIntegerField()
    remaining = models.BigIntegerField()
    purchased_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    objects = PointBucketQuerySet.as_manager()

    class Meta:
        # `remaining` is in no index: an update that touches no index stays on its page (HOT).
        indexes = [
            models.Index(fields=("partner", "purchased_at", "id"), name="bucket_in_burn_order")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("original")),
                name="bucket_never_overdrawn_nor_overfull",
            )
        ]

    def __str__(self) -> str:
        return f"{self.package_code} {self.id}"

    @property
    def package_code(self) -> str:
        """`packageId` of the API; "grant" for points without a purchase."""
        return self.package_id or "grant"
