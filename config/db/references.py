"""What a partner notes on a row: its own id for it, and short texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class References:
    """The notes of one request; both are empty if it had none."""

    external_id: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


NO_REFERENCES = References()


class Referenced(models.Model):
    """A row with the partner's notes. They are not encrypted."""

    external_id = models.CharField(max_length=100, default="", db_default="", blank=True)
    metadata = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )

    class Meta:
        abstract = True

    @property
    def references(self) -> References:
        return References(self.external_id, self.metadata)


def by_external_id(name: str) -> models.Index:
    """Return the index by which the rows of a partner are found; most rows have no such id."""
    return models.Index(
        fields=("partner", "external_id"), condition=~models.Q(external_id=""), name=name
    )


def describe(references: References) -> dict[str, Any]:
    """Return the members of a response or an event; a row without notes has none."""
    members: dict[str, Any] = {}
    if references.external_id:
        members["externalId"] = references.external_id
    if references.metadata:
        members["metadata"] = dict(references.metadata)
    return members
