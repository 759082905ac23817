"""Prices of packages and operations. Amounts of money are paise."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy, pgettext_lazy


class Tier(models.Model):
    """A price level, in the order used by the API."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name.capitalize()


class PriceQuerySet(models.QuerySet["OperationPrice"]):
    def started(self, at: datetime | None = None) -> Self:
        """Select prices that started by `at`, by default now by the database's clock."""
        return self.filter(starts_at__lte=at or Now())

    def in_force(self, at: datetime | None = None) -> Self:
        """Select the newest of each tier, action and mode that has started."""
        newest = OperationPrice.objects.started(at).filter(
            tier=OuterRef("tier"), action=OuterRef("action"), mode=OuterRef("mode")
        )
        return self.filter(pk=Subquery(newest.order_by("-starts_at").values("pk")[:1]))


class OperationPrice(models.Model):
    """The price of one image request at a tier, from a time until the next such row starts.

    A trigger refuses every change of a row, and to delete one that has started.
    """

    class Action(models.TextChoices):
        CREATE = "create", gettext_lazy("Image create")
        ENHANCE = "enhance", gettext_lazy("Image enhance")

    class Mode(models.TextChoices):
        FAST = "fast", pgettext_lazy("mode of an image operation", "Fast")
        THINKING = "thinking", pgettext_lazy("mode of an image operation", "Thinking")

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="prices")
    action = models.CharField(max_length=10, choices=Action)
    mode = models.CharField(max_length=10, choices=Mode)
    points = models.PositiveIntegerField(help_text="In hundredths of a point.")
    starts_at = models.DateTimeField(db_default=Now())

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering = ("tier", "action", "mode", "-starts_at")
        constraints = [
            models.UniqueConstraint(
                fields=("tier", "action", "mode", "starts_at"), name="price_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(points__gte=1), name="price_above_zero"),
        ]

    def __str__(self) -> str:
        what, mode = self.get_action_display(), str(self.get_mode_display()).lower()
        return f"{self.tier_id.capitalize()}: {what}, {mode}"


#: A subquery of the prices in force, for statements that have to be one.
PRICES_IN_FORCE = """(
    SELECT DISTINCT ON (tier_id, action, mode) tier_id, action, mode, points
    FROM billing_operationprice WHERE starts_at <= clock_timestamp()
    ORDER BY tier_id, action, mode, starts_at DESC
)"""


class PackageQuerySet(models.QuerySet["Package"]):
    def priced(self, *, include_future: bool = False) -> Self:
        """Annotate the price in force, by the database's clock, and whether it is on sale.

        Leave out those whose first price has not started, unless `include_future`.
        """
        newest = (
            PackagePrice.objects.filter(package=OuterRef("pk"), starts_at__lte=Now())
            .order_by("-starts_at")
            .values("price_paise", "is_on_sale")
        )
        priced = self.annotate(
            price_paise=Subquery(newest.values("price_paise")[:1]),
            is_on_sale=Subquery(newest.values("is_on_sale")[:1]),
        )
        return priced if include_future else priced.filter(price_paise__isnull=False)

    def on_sale(self) -> Self:
        return self.priced().filter(is_on_sale=True).select_related("tier").order_by("price_paise")


class Package(models.Model):
    """Points to sell; what they cost and whether they are sold is in its prices."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    tier = models.ForeignKey(Tier, models.PROTECT)
    points = models.PositiveBigIntegerField(help_text="In hundredths of a point.")

    objects = PackageQuerySet.as_manager()

    # Of `priced()`.
    price_paise: int
    is_on_sale: bool

    class Meta:
        ordering = ("points", "code")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="package_holds_points")
        ]

    def __str__(self) -> str:
        return self.name


class PackagePrice(models.Model):
    """What a package costs, and whether it is sold, from a time until its next row starts.

    A trigger refuses every change of a row, and to delete one that has started.
    """

    package = models.ForeignKey(Package, models.PROTECT, related_name="prices")
    price_paise = models.PositiveBigIntegerField(help_text="In paise, before tax.")
    is_on_sale = models.BooleanField(default=True)
    starts_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("package", "-starts_at")
        constraints = [
            models.UniqueConstraint(
                fields=("package", "starts_at"), name="package_price_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(price_paise__gte=1), name="package_costs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} from {self.starts_at.day} {self.starts_at:%b %Y, %H:%M}"
