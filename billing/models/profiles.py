"""Billing details of partners."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.db import models

from accounts.models import Partner
from billing.billing_details import BillingDetails
from config.db.encryption import EncryptedModel, report_undecryptable
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class BillingProfileQuerySet(OwnedQuerySet["BillingProfile"]):
    def details(self) -> BillingDetails:
        """Return the partner's billing details; empty ones if there are none yet."""
        profile = self.first()
        return profile.details if profile else BillingDetails()

    def readable_details(self) -> BillingDetails | None:
        """As `details`; return None if they cannot be decrypted."""
        profile = self.first()
        return profile.read_details() if profile else BillingDetails()

    def billing_email(self) -> str:
        """Return "" if there is none, or if it cannot be decrypted."""
        details = self.readable_details()
        return details.email if details else ""


class BillingProfile(EncryptedModel):
    """Billing data of a partner, created on first use; the billing details are encrypted."""

    encrypted_fields = ("encrypted_details",)

    id = IdField()
    partner = models.OneToOneField(Partner, models.PROTECT, related_name="+")
    encrypted_details = models.TextField(blank=True, help_text="Billing details as encrypted JSON.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BillingProfileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.partner_id

    @property
    def details(self) -> BillingDetails:
        if not self.encrypted_details:
            return BillingDetails()
        return BillingDetails(**json.loads(self.get_decrypted("encrypted_details")))

    def read_details(self) -> BillingDetails | None:
        """Return None if they cannot be decrypted, for pages on which they can be entered again."""
        with report_undecryptable():
            return self.details
        return None

    def set_details(self, details: BillingDetails) -> None:
        """Encrypt the details; the caller saves."""
        self.set_encrypted("encrypted_details", json.dumps(asdict(details), ensure_ascii=False))
