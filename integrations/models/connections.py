"""Integrations and their connections to accounts."""

from __future__ import annotations

import json
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy

from accounts.models import Account, ApiKey, Partner
from config.db.encryption import EncryptedModel
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet

_NAME = RegexValidator(r"^[A-Za-z][A-Za-z0-9_-]{0,59}\Z", "Letters, digits, - and _ only.")


class Integration(models.Model):
    """A third-party service that accounts can connect to; registered by staff."""

    name = models.CharField(max_length=60, unique=True, validators=[_NAME])
    display_name = models.CharField(max_length=80)
    is_active = models.BooleanField(
        default=True,
        help_text="Inactive integrations are no longer supported; their history is kept.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.display_name


class CredentialField(models.Model):
    """A credential that an integration requires."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="credential_fields")
    name = models.CharField(max_length=60, validators=[_NAME])
    label = models.CharField(max_length=80)
    is_secret = models.BooleanField(default=True, help_text="Never shown, not even partly.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("integration", "name"), name="credential_once_per_integration"
            )
        ]

    def __str__(self) -> str:
        return self.label


class ConnectionQuerySet(OwnedQuerySet["Connection"]):
    def connected(self) -> Self:
        """Filter those in use; deactivating an integration disconnects all accounts."""
        return self.filter(has_access=True, integration__is_active=True)


class Connection(EncryptedModel):
    """The connection of an account to an integration; disconnecting keeps the row."""

    encrypted_fields = ("credentials",)

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="connections")
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="connections")
    credentials = models.TextField(help_text="Encrypted JSON.")
    has_access = models.BooleanField(default=True)
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=("partner", "-connected_at"), name="connection_of_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=("account", "integration"), name="connection_once_per_account"
            )
        ]

    def __str__(self) -> str:
        return self.account_id

    def set_credentials(self, credentials: dict[str, str]) -> None:
        self.set_encrypted("credentials", json.dumps(credentials, ensure_ascii=False))

    def read_credentials(self) -> dict[str, str]:
        credentials: dict[str, str] = json.loads(self.get_decrypted("credentials"))
        return credentials


class ConnectionEvent(models.Model):
    class Kind(models.TextChoices):
        CONNECTED = "connected", gettext_lazy("Connected")
        UPDATED = "updated", gettext_lazy("Credentials updated")
        DISCONNECTED = "disconnected", gettext_lazy("Disconnected")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return str(self.get_kind_display())
