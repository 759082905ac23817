"""Prices of packages and operations. Amounts of money are paise."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q


class Tier(models.Model):
    """A price level, in the order used by the API."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class OperationPrice(models.Model):
    """The price of one image request at a tier."""

    class Action(models.TextChoices):
        CREATE = "create", "Image create"
        ENHANCE = "enhance", "Image enhance"

    class Mode(models.TextChoices):
        FAST = "fast", "Fast"
        THINKING = "thinking", "Thinking"

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="prices")
    action = models.CharField(max_length=10, choices=Action)
    mode = models.CharField(max_length=10, choices=Mode)
    points = models.PositiveIntegerField(help_text="In hundredths of a point.")

    class Meta:
        ordering = ("tier", "action", "mode")
        constraints = [
            models.UniqueConstraint(fields=("tier", "action", "mode"), name="price_once"),
            models.CheckConstraint(condition=Q(points__gte=1), name="price_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.action} {self.mode}"


class PackageQuerySet(models.QuerySet["Package"]):
    def on_sale(self) -> Self:
        return self.filter(is_on_sale=True).select_related("tier")


class Package(models.Model):
    """Points on sale."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    tier = models.ForeignKey(Tier, models.PROTECT)
    points = models.PositiveBigIntegerField(help_text="In hundredths of a point.")
    price_paise = models.PositiveBigIntegerField(help_text="In paise, before tax.")
    is_on_sale = models.BooleanField(default=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ("price_paise",)
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="package_holds_points")
        ]

    def __str__(self) -> str:
        return self.name
