"""Ledger entries."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import pgettext_lazy

from accounts.models import Partner
from billing.models.buckets import PointBucket
from billing.models.charges import Charge
from billing.points import format_points
from config.db.fields import IdField
from config.db.keyset import Keyset
from config.db.owned import OwnedQuerySet

#: The order in which points moved.
IN_ORDER = Keyset("created_at")


#: Two entries of one operation have ids that differ after these digits alone.
_DIGITS_OF_OPERATION = 21


def _beside(field: str) -> Q:
    """Return the condition that a row is in the partition of what it refers to."""
    digits = _DIGITS_OF_OPERATION
    return Q((field, None)) | Q(Exact(Left("id", digits), Left(f"{field}_id", digits)))


class LedgerEntryQuerySet(OwnedQuerySet["LedgerEntry"]):
    def in_order(self) -> Self:
        """Sort as the points moved, oldest first; ids only resolve to the second."""
        return IN_ORDER.sort(self)

    def beside(self, operation_id: str) -> Self:
        """Filter those whose ids are of an operation: one partition has them all."""
        start = operation_id[:_DIGITS_OF_OPERATION]
        return self.filter(pk__gte=start, pk__lt=f"{start}g")


class LedgerEntry(models.Model):
    """One movement of points. Append-only: triggers refuse UPDATE, DELETE and TRUNCATE."""

    class Kind(models.TextChoices):
        CREDIT = "credit", pgettext_lazy("movement of points", "Credit")
        CHARGE = "charge", pgettext_lazy("movement of points", "Charge")
        REVERSAL = "reversal", pgettext_lazy("movement of points", "Reversal")
        REFUND = "refund", pgettext_lazy("movement of points", "Purchase refund")
        DEBT = "debt", pgettext_lazy("movement of points", "Debt settled")
        CORRECTION = "correction", pgettext_lazy("movement of points", "Correction")

    id = IdField()
    # The bucket's partner, repeated for the index and therefore checked there alone: a line is
    # written with every charge, and each check of a key costs it.
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    bucket = models.ForeignKey(PointBucket, models.PROTECT, related_name="entries", db_index=False)
    operation = models.ForeignKey(
        Charge, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    points = models.BigIntegerField(help_text="Signed hundredths of a point.")
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    created_at = models.DateTimeField()

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="ledger_of_partner"),
            # Entries are written in the order of their time, so that a summary of each block range
            # finds those of a period, and costs a charge next to nothing.
            BrinIndex(fields=("created_at",), name="ledger_by_time", autosummarize=True),
        ]
        # The table is partitioned by id, and each unique constraint an index of every partition.
        # Rows that these compare are in the same one, by the two constraints at the end; a trigger
        # holds what is unique for a bucket in all of them.
        constraints = [
            models.UniqueConstraint(
                fields=("operation", "bucket", "kind"), name="ledger_line_once_per_operation"
            ),
            models.UniqueConstraint(
                fields=("reverses",),
                condition=Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
            models.UniqueConstraint(
                fields=("bucket",), condition=Q(kind="credit"), name="ledger_one_credit_per_bucket"
            ),
            models.UniqueConstraint(
                fields=("bucket",), condition=Q(kind="debt"), name="ledger_one_debt_per_bucket"
            ),
            models.CheckConstraint(
                condition=Q(kind="credit", points__gt=0, operation=None, reverses=None)
                | Q(kind__in=("refund", "debt"), points__lt=0, operation=None, reverses=None)
                | Q(kind="correction", operation=None, reverses=None) & ~Q(points=0)
                | Q(kind="charge", points__lt=0, operation__isnull=False, reverses=None)
                | Q(kind="reversal", points__gt=0, operation__isnull=False, reverses__isnull=False),
                name="ledger_entry_fits_kind",
            ),
            models.CheckConstraint(condition=_beside("operation"), name="ledger_line_of_operation"),
            models.CheckConstraint(condition=_beside("reverses"), name="ledger_reversal_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {format_points(abs(self.points))} points"

    # Django's would translate all kinds to find one, in each row of the ledger.
    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(self.Kind(self.kind).label)
