"""The ledger's hash chain, and the results of ledger checks."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from accounts.models import Partner
from config.chain.models import ChainDigest
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class LedgerDigest(ChainDigest):
    """Ledger entries in the hash chain of a partner."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("partner", "number"), name="ledger_digest_once")
        ]


class LedgerCheckpointQuerySet(OwnedQuerySet["LedgerCheckpoint"]):
    def newest(self) -> LedgerCheckpoint | None:
        return self.order_by("-number").first()


class LedgerCheckpoint(models.Model):
    """A partner's buckets as the hourly check added them up, which continues from here.

    Append-only. A bucket without points is left out: it needs no work until an entry reopens it.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="The last digest included.")
    hash = models.BinaryField(help_text="The last hash of that digest.")
    balances = models.JSONField(help_text="Hundredths of a point by bucket.")
    created_at = models.DateTimeField(db_default=Now())

    objects = LedgerCheckpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("partner", "number"), name="ledger_checkpoint_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.partner_id}"


class LedgerCheckQuerySet(models.QuerySet["LedgerCheck"]):
    def newest(self) -> LedgerCheck | None:
        return self.order_by("-at", "-pk").first()

    def full(self) -> Self:
        return self.filter(is_full=True)


class LedgerCheck(models.Model):
    """The result of a ledger check: of the whole ledger, or of what is new since the last one."""

    at = models.DateTimeField(db_default=Now(), help_text="When the check began.")
    is_full = models.BooleanField(default=True, db_default=True)
    ok = models.BooleanField()
    buckets = models.PositiveIntegerField(default=0, db_default=0)
    entries = models.BigIntegerField(default=0, db_default=0, help_text="Entries verified.")
    drift = models.JSONField(default=list)
    faults = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), help_text="Broken entries."
    )

    objects = LedgerCheckQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("at", "id"), name="ledger_check_by_time"),)

    def __str__(self) -> str:
        return "Equal" if self.ok else "Drift"


class LedgerAlert(models.Model):
    """A change of the ledger's state that was emailed to staff; the last one applies."""

    at = models.DateTimeField(db_default=Now())
    problem = models.CharField(max_length=12, blank=True, help_text="Empty: resolved.")
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        permissions: ClassVar = [("receive_ledgeralert", "Receives ledger alerts by email")]

    def __str__(self) -> str:
        return self.problem or "resolved"
