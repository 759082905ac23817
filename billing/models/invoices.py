"""Invoices and credit notes, numbered without gaps."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from accounts.models import Partner
from billing.billing_details import BillingDetails
from billing.gst import INDIA
from billing.models.purchases import Purchase
from config.db.encryption import EncryptedModel
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class InvoiceCounter(models.Model):
    """The last number of a series; issuing locks its row until the commit."""

    series = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Invoice(EncryptedModel):
    """A tax invoice or credit note: a copy of everything that is printed, which never changes."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", gettext_lazy("Tax invoice")
        CREDIT_NOTE = "credit_note", gettext_lazy("Credit note")

    class BuyerKind(models.TextChoices):
        """What decides in which section of the GST return a document belongs."""

        REGISTERED = "registered", "Registered (GSTIN)"
        UNREGISTERED = "unregistered", "Unregistered"
        SEZ = "sez", "Special economic zone"
        ABROAD = "abroad", "Outside India"

    encrypted_fields = ("encrypted_buyer",)

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="invoices", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    series = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        db_index=False,
    )
    seller = models.JSONField(help_text="Name, address and GSTIN.")
    encrypted_buyer = models.TextField(help_text="Billing details as encrypted JSON.")
    buyer_kind = models.CharField(
        max_length=12,
        choices=BuyerKind,
        default=BuyerKind.UNREGISTERED,
        db_default=BuyerKind.UNREGISTERED,
        help_text="From the billing details, which no query can read.",
    )
    lines = models.JSONField(help_text="Description, SAC and net amount in paise of each.")
    tax_percent = models.PositiveSmallIntegerField()
    amount_paise = models.BigIntegerField()
    cgst_paise = models.BigIntegerField()
    sgst_paise = models.BigIntegerField()
    igst_paise = models.BigIntegerField()
    total_paise = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="INR")
    place_of_supply = models.CharField(max_length=2, help_text="State code.")
    reference = models.CharField(max_length=20)
    payment_id = models.CharField(max_length=64)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-issued_at"), name="invoice_of_partner"),
            models.Index(fields=("purchase",), name="invoice_of_purchase"),
            models.Index(fields=("issued_at", "id"), name="invoice_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("series", "number"), name="invoice_number_once"),
            models.UniqueConstraint(
                fields=("purchase",), condition=Q(kind="invoice"), name="invoice_once_per_purchase"
            ),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        """Format as "SQ/26-27/000123"; rule 46 of the GST rules allows 16 characters."""
        return f"{self.series}/{self.number:06d}"

    @property
    def file_name(self) -> str:
        return f"{self.full_number.replace('/', '-')}.pdf"

    @property
    def buyer(self) -> BillingDetails:
        return BillingDetails(**json.loads(self.get_decrypted("encrypted_buyer")))

    def set_buyer(self, buyer: BillingDetails) -> None:
        """Encrypt the buyer; the caller saves."""
        self.set_encrypted("encrypted_buyer", json.dumps(asdict(buyer), ensure_ascii=False))
        self.buyer_kind = _kind_of(buyer)


def _kind_of(buyer: BillingDetails) -> Invoice.BuyerKind:
    if buyer.country != INDIA:
        return Invoice.BuyerKind.ABROAD
    if not buyer.gstin:
        return Invoice.BuyerKind.UNREGISTERED
    return Invoice.BuyerKind.SEZ if buyer.is_sez else Invoice.BuyerKind.REGISTERED
