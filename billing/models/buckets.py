"""Buckets of points."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from accounts.models import Partner
from billing.models.prices import Package, Tier
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet
from config.pages.times import short_day


class PointBucketQuerySet(OwnedQuerySet["PointBucket"]):
    def in_burn_order(self) -> Self:
        return self.order_by("purchased_at", "id")

    def with_points(self) -> Self:
        """Select buckets with points that can be spent: those that are held cannot."""
        return self.filter(remaining__gt=F("held"))

    def owing(self) -> Self:
        return self.filter(owed__gt=0)

    def kept(self) -> Self:
        """Exclude buckets whose points were all taken back unused."""
        return self.filter(taken__lt=F("original"))


class PointBucket(models.Model):
    """The points of one purchase or grant.

    What has been used of it is `original - remaining - taken`.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="buckets", db_index=False)
    tier = models.ForeignKey(Tier, models.PROTECT, db_index=False)
    package = models.ForeignKey(Package, models.PROTECT, null=True, blank=True, db_index=False)
    original = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Hundredths frozen for disputes and open refunds, as far as they are left.",
    )
    taken = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Hundredths taken back for refunds, or to settle a debt.",
    )
    owed = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Hundredths that had been used when their payment went back: a debt.",
    )
    purchased_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    objects = PointBucketQuerySet.as_manager()

    class Meta:
        # `remaining` is in no index: an update that touches no index stays on its page (HOT).
        indexes = [
            models.Index(fields=("partner", "purchased_at", "id"), name="bucket_in_burn_order"),
            models.Index(fields=("partner",), condition=Q(owed__gt=0), name="bucket_owing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    remaining__gte=0, taken__gte=0, remaining__lte=F("original") - F("taken")
                ),
                name="bucket_never_overdrawn_nor_overfull",
            ),
            models.CheckConstraint(
                condition=Q(
                    held__gte=0, held__lte=F("original"), owed__gte=0, owed__lte=F("original")
                ),
                name="bucket_holds_and_owes_within_its_size",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_code} {self.id}"

    @property
    def available(self) -> int:
        """Return the hundredths that can be spent."""
        return max(self.remaining - self.held, 0)

    @property
    def frozen(self) -> int:
        return min(self.remaining, self.held)

    @property
    def package_code(self) -> str:
        """`packageId` of the API; "grant" for points without a purchase."""
        return self.package_id or "grant"

    @property
    def label(self) -> str:
        """ "Starter, 13 Sep", in the current time zone; the year if it is not this one."""
        # Translators: points that were given, not bought.
        name = self.package.name if self.package else gettext("Grant")
        return f"{name}, {short_day(self.purchased_at)}"

    @property
    def other_tier(self) -> str:
        """Return the tier to show beside the label: "" if the package has its name."""
        name = self.tier_id.capitalize()
        return "" if self.package and self.package.name == name else name
