"""Counts of refused calls, which a flood cannot turn into a row per call."""

from __future__ import annotations

from django.db import models

from accounts.models.partner import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class RefusedCallsQuerySet(OwnedQuerySet["RefusedCalls"]):
    def total(self) -> int:
        """Return the number of calls; counts are kept for a week."""
        return int(self.aggregate(total=models.Sum("calls"))["total"] or 0)


class RefusedCalls(models.Model):
    """Refused calls per minute, network and reason that have no row in the request log."""

    id = IdField()
    # Calls without a valid key belong to `PLATFORM_ID`.
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    minute = models.DateTimeField()
    network = models.CharField(
        max_length=43,
        blank=True,
        help_text="IPv4 address or IPv6 /64; empty if unreadable, or one of too many.",
    )
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    calls = models.PositiveIntegerField()

    objects = RefusedCallsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "refused calls"
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "minute", "network", "status", "code"),
                name="refused_calls_row_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.calls} × {self.status} {self.code}"
