"""Networks that may use a key: its whitelist."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models.key import ApiKey
from accounts.models.partner import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class CidrField(models.Field[Any, Any]):
    """PostgreSQL's `cidr`: a network in canonical form; the database rejects host bits."""

    def db_type(self, connection: object) -> str:
        return "cidr"

    def get_prep_value(self, value: object) -> str | None:
        return None if value is None else str(value)

    def from_db_value(self, value: object, expression: object, connection: object) -> str | None:
        return None if value is None else str(value)


class AllowedNetwork(models.Model):
    """An entry of a key's whitelist; a key without entries works from any address."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="allowed_networks", db_index=False)
    network = CidrField()
    note = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("key", "network"), name="network_once_per_key")
        ]

    def __str__(self) -> str:
        return str(self.network)
