"""Takedowns."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now

from accounts.models import Partner
from config.db.owned import OwnedQuerySet


class TakedownQuerySet(OwnedQuerySet["Takedown"]):
    def due(self) -> Self:
        return self.filter(due_at__lte=Now())


class Takedown(models.Model):
    """A shop whose files are still to be removed: its account was deleted, its partner deactivated,
    its first build cancelled, or staff took it down."""

    identifier = models.CharField(max_length=63, primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    until = models.DateTimeField(
        null=True, help_text="Until then a worker may publish the shop again."
    )
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("due_at",), name="takedown_by_time"),
            models.Index(fields=("partner", "due_at"), name="takedown_of_partner"),
        ]

    def __str__(self) -> str:
        return self.identifier
