"""Finished calls by day."""

from __future__ import annotations

from django.db import models

from accounts.models import ApiKey, Partner
from billing.models.prices import OperationPrice


class DailyUsage(models.Model):
    """Finished calls and their net points by UTC day, so that statistics never count operations.

    `day` is the day of the charge, also for what is settled after midnight.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=10, choices=OperationPrice.Action)
    mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    is_test = models.BooleanField(default=False)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    points = models.BigIntegerField(default=0, help_text="Net hundredths of a point.")

    class Meta:
        verbose_name_plural = "daily usage"
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "day", "key", "action", "mode"), name="usage_row_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.action} {self.mode}"
