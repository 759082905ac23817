"""Stored responses of calls with an `Idempotency-Key`."""

from __future__ import annotations

from django.db import models

from accounts.models.key import Environment
from accounts.models.partner import Partner
from config.db.encryption import EncryptedModel
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class IdempotencyRecord(EncryptedModel):
    """The first call with an `Idempotency-Key`: in flight until it has a response.

    `id` identifies the attempt that holds the key; after `lease_until`, another one can take over.
    """

    encrypted_fields = ("response_body",)

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    environment = models.CharField(max_length=20, choices=Environment)
    endpoint = models.CharField(max_length=40)
    key = models.CharField(max_length=255, db_collation="C")
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(default="", help_text="Encrypted; empty while in flight.")
    headers = models.JSONField(default=dict)
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("partner", "environment", "endpoint", "key"),
                name="idempotency_key_once",
            )
        ]
        indexes = [models.Index(fields=("created_at",), name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
