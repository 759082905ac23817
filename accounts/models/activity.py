"""What keys are used for, so that what they may do can be compared with it."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models.key import ApiKey
from accounts.models.partner import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class KeyActivityQuerySet(OwnedQuerySet["KeyActivity"]):
    def since(self, at: datetime) -> KeyActivityQuerySet:
        return self.filter(last_at__gte=at)


class KeyActivity(models.Model):
    """Requests of a key to an endpoint from a network: the first and the last.

    Written with the request log, but at most every ten minutes, so that it stays small however
    many requests there are. Requests without permission or from outside the whitelist are no use.
    """

    id = IdField()
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    endpoint = models.CharField(max_length=40)
    network = models.CharField(
        max_length=43, blank=True, help_text="IPv4 /24 or IPv6 /64; empty for one of too many."
    )
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = KeyActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "key activity"
        indexes = [models.Index(fields=("last_at",), name="key_activity_age")]
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "key", "endpoint", "network"), name="key_activity_row_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.endpoint} {self.network}"
