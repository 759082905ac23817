"""Websites."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Account, Partner
from config.db.encryption import EncryptedModel
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class Website(EncryptedModel):
    """The one shop of an account; a retry after a failed deployment keeps its identifier."""

    encrypted_fields = ("public_contact",)

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    account = models.OneToOneField(Account, models.CASCADE, related_name="website")
    identifier = models.CharField(max_length=63, unique=True, db_collation="C")
    created_at = models.DateTimeField(auto_now_add=True)
    publish_at = models.DateTimeField(
        null=True, help_text="When to publish the live release again, such as after a takedown."
    )
    update_at = models.DateTimeField(
        null=True,
        help_text="When to compare the live release with the account, and build it again if they "
        "differ.",
    )
    public_contact = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Encrypted JSON of the lines that replace or hide those of the account.",
    )
    # Staff took it down; empty otherwise.
    taken_down_at = models.DateTimeField(null=True, blank=True)
    taken_down_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    takedown_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        permissions = [
            ("rebuild_website", "Can build live shops again"),
            ("take_down_website", "Can take shops down and restore them"),
        ]
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="website_of_partner"),
            models.Index(
                fields=("publish_at",),
                condition=Q(publish_at__isnull=False),
                name="website_to_publish",
            ),
            models.Index(
                fields=("update_at",),
                condition=Q(update_at__isnull=False),
                name="website_to_update",
            ),
        ]

    def __str__(self) -> str:
        return self.identifier

    def read_public_contact(self) -> dict[str, Any] | None:
        """Return the lines that differ from the account's by name, None if none do.

        A line that is None is hidden.
        """
        text = self.get_decrypted("public_contact") if self.public_contact else "null"
        contact: dict[str, Any] | None = json.loads(text)
        return contact

    def set_public_contact(self, contact: dict[str, Any] | None) -> None:
        """Set the lines without saving."""
        if contact:
            self.set_encrypted("public_contact", json.dumps(contact, ensure_ascii=False))
        else:
            self.public_contact = ""
