"""What billing knows of a partner."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Partner
from billing.details import BillingDetails
from billing.models.buckets import PointBucket
from config.fields import IdField
from config.sealed import SealedModel


class BillingProfileQuerySet(models.QuerySet["BillingProfile"]):
    def details_of(self, partner_id: str) -> BillingDetails:
        """Who is billed for a partner; empty details where there are none yet."""
        profile = self.filter(partner_id=partner_id).first()
        return profile.details if profile else BillingDetails()

    def watched(self) -> Self:
        """Those of active partners who want to hear of a low balance."""
        return self.filter(alert_threshold__isnull=False, partner__is_active=True)

    def with_balance(self) -> Self:
        """Annotates `balance`, the partner's points in hundredths."""
        total = (
            PointBucket.objects.filter(partner=OuterRef("partner"), remaining__gt=0)
            .order_by()
            .values("partner")
            .annotate(total=Sum("remaining"))
            .values("total")
        )
        return self.annotate(
            balance=Coalesce(Subquery(total), 0, output_field=models.BigIntegerField())
        )

    def to_alert(self) -> Self:
        """Below their threshold, and not told since they were last above it."""
        low = self.watched().with_balance().filter(balance__lt=F("alert_threshold"))
        return low.filter(alerted_at=None)

    def to_rearm(self) -> Self:
        """Told once, and at or above their threshold again."""
        high = self.watched().with_balance().filter(balance__gte=F("alert_threshold"))
        return high.filter(alerted_at__isnull=False)


class BillingProfile(SealedModel):
    """Billing's own row for a partner, made when first asked; who is billed is encrypted."""

    sealed_fields = ("sealed_details",)

    id = IdField()
    partner = models.OneToOneField(Partner, models.PROTECT, related_name="+")
    sealed_details = models.TextField(blank=True, help_text="Encrypted JSON of who is billed.")
    alert_threshold = models.BigIntegerField(
        null=True, blank=True, help_text="Hundredths of a point; none for no alerts."
    )
    alerted_at = models.DateTimeField(
        null=True, blank=True, help_text="When a low balance was told; none once it is high again."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BillingProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(alert_threshold=None) | Q(alert_threshold__gt=0),
                name="alert_threshold_above_zero",
            )
        ]

    def __str__(self) -> str:
        return self.partner_id

    @property
    def details(self) -> BillingDetails:
        if not self.sealed_details:
            return BillingDetails()
        return BillingDetails(**json.loads(self.unseal("sealed_details")))

    def set_details(self, details: BillingDetails) -> None:
        """Encrypts; saving is the caller's."""
        self.seal("sealed_details", json.dumps(asdict(details), ensure_ascii=False))
