"""What gateways paid out to the seller's bank account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from config.db.fields import IdField


class PayoutLine(models.Model):
    """One line of a gateway's payout: a payment, a refund or a correction.

    Of the seller's account at the gateway, which other applications may share: a line belongs to
    whichever purchase has its payment. Never changed once it is read.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        DISPUTE = "dispute", "Dispute"
        OTHER = "other", "Adjustment"

    id = IdField()
    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind)
    gateway_id = models.CharField(max_length=64, help_text="ID at the gateway.")
    payment_id = models.CharField(max_length=64, blank=True)
    payout_id = models.CharField(max_length=64, help_text="The payout that contains the line.")
    bank_reference = models.CharField(max_length=64, blank=True, help_text="UTR at the bank.")
    gross_paise = models.BigIntegerField(help_text="Below zero for money that went back.")
    fee_paise = models.BigIntegerField(help_text="The gateway's fee, with its GST.")
    fee_tax_paise = models.BigIntegerField(help_text="GST in the fee.")
    net_paise = models.BigIntegerField()
    paid_out_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=("paid_out_at",), name="payout_line_by_time"),
            models.Index(fields=("gateway", "payment_id"), name="payout_line_of_payment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("gateway", "kind", "gateway_id"), name="payout_line_once_per_gateway"
            ),
            models.CheckConstraint(
                condition=Q(net_paise=F("gross_paise") - F("fee_paise")),
                name="payout_line_adds_up",
            ),
        ]
        permissions = [("view_reports", "Can view financial reports")]

    def __str__(self) -> str:
        return self.gateway_id
