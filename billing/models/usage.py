"""Finished calls by day."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models

from accounts.models import ApiKey, Partner
from billing.models.prices import OperationPrice
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class DailyUsageQuerySet(OwnedQuerySet["DailyUsage"]):
    def between(self, first: date, last: date) -> Self:
        """Select a range of days, both included."""
        return self.filter(day__gte=first, day__lte=last)


class DailyUsage(models.Model):
    """Finished calls and their net points by day of the company, so that statistics never count
    operations.

    `day` is the day of the charge, even if it is settled after midnight.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=10, choices=OperationPrice.Action)
    mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    is_test = models.BooleanField(default=False)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    points = models.BigIntegerField(default=0, help_text="Net hundredths of a point.")

    objects = DailyUsageQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "daily usage"
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "day", "key", "action", "mode"), name="usage_row_once"
            )
        ]

    def __str__(self) -> str:
        what, mode = self.get_action_display(), str(self.get_mode_display()).lower()
        return f"{what}, {mode}, on {self.day.day} {self.day:%b %Y}"
