"""Thresholds of low-balance alerts."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Partner
from billing.models.buckets import PointBucket
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet

#: Maximum per partner.
MOST_THRESHOLDS = 3


class AlertThresholdQuerySet(OwnedQuerySet["AlertThreshold"]):
    def amounts(self) -> list[int]:
        """Return the thresholds in hundredths, highest first."""
        return list(self.order_by("-points").values_list("points", flat=True))

    def with_balance(self) -> Self:
        """Select thresholds of active partners, annotated with `balance` in hundredths."""
        total = (
            PointBucket.objects.of(OuterRef("partner_id"))
            .with_points()
            .order_by()
            .values("partner")
            .annotate(total=Sum(F("remaining") - F("held")))
            .values("total")
        )
        balance = Coalesce(Subquery(total), 0, output_field=models.BigIntegerField())
        return self.filter(partner__is_active=True).annotate(balance=balance)

    def to_alert(self) -> Self:
        """Select thresholds above the balance that have not alerted since it last reached them."""
        return self.with_balance().filter(balance__lt=F("points"), alerted_at=None)

    def to_rearm(self) -> Self:
        """Select alerted thresholds that the balance has reached again."""
        return self.with_balance().filter(balance__gte=F("points"), alerted_at__isnull=False)


class AlertThreshold(models.Model):
    """An email is sent when the partner's balance falls below `points`."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    points = models.BigIntegerField(help_text="Hundredths of a point.")
    alerted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the alert was sent, until the balance recovers.",
    )

    objects = AlertThresholdQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=("partner",),
                condition=Q(alerted_at__isnull=False),
                name="alert_threshold_alerted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "points"), name="alert_threshold_once_per_partner"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="alert_threshold_positive"),
        ]

    def __str__(self) -> str:
        return self.id
