"""The domains of merchants."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Partner
from config.db.fields import IdField
from config.db.owned import SANDBOX_PREFIX, OwnedQuerySet
from deployments.models.websites import Website


class SiteDomainQuerySet(OwnedQuerySet["SiteDomain"]):
    def primary_first(self) -> Self:
        """Filter those at which visitors reach their shops; a shop's first is its address."""
        return self.filter(origin__gt="", proven_at__isnull=False).order_by("proven_at", "name")


class SiteDomain(models.Model):
    """A domain that an account lists for its shop, served once the merchant has proven it."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    website = models.ForeignKey(Website, models.CASCADE, related_name="domains", db_index=False)
    name = models.CharField(max_length=253, db_collation="C", help_text="In its ASCII form.")
    token = models.CharField(max_length=32, help_text="What the proof has to contain.")
    proven_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True, help_text="When to look for the proof next.")
    checks = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.CharField(max_length=300, blank=True, default="", db_default="")
    origin = models.CharField(
        max_length=270,
        blank=True,
        default="",
        db_default="",
        help_text="Such as https://shop.example, if the shop was reached there.",
    )

    objects = SiteDomainQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=("check_at",),
                condition=Q(check_at__isnull=False),
                name="site_domain_to_check",
            ),
            models.Index(fields=("partner", "-id"), name="site_domain_of_partner"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("website", "name"), name="site_domain_once"),
            models.UniqueConstraint(
                fields=("name",),
                condition=Q(proven_at__isnull=False, partner_id__lt=SANDBOX_PREFIX),
                name="site_domain_one_proven",
            ),
        ]

    def __str__(self) -> str:
        return self.name
