"""Monthly statements."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models.functions import Now

from accounts.models import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class StatementQuerySet(OwnedQuerySet["Statement"]):
    def newest(self) -> Statement | None:
        return self.order_by("-month").first()


class Statement(models.Model):
    """A partner's ledger of one month in UTC, signed. Append-only."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day.")
    closing = models.BigIntegerField(help_text="Hundredths of a point at the end.")
    content = models.TextField(help_text="Canonical JSON, as signed.")
    key_version = models.PositiveSmallIntegerField()
    signature = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("partner", "month"), name="statement_once_per_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.content)
        return parsed

    @property
    def opening(self) -> int:
        return int(self.facts["opening"])

    @property
    def change(self) -> int:
        return self.closing - self.opening

    @property
    def file_name(self) -> str:
        return f"statement-{self}"
