"""Admin page for what gateways paid out."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.points import GatewayLabel, rupees_column
from billing.models import PayoutLine
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term


@admin.register(PayoutLine)
class PayoutLineAdmin(GatewayLabel, ReadOnlyAdmin):
    list_display = (
        "gateway_id",
        "paid_by",
        "kind",
        "payment_id",
        "payout_id",
        "gross",
        "fee",
        "net",
        "paid_out_at",
    )
    list_filter = ("kind",)
    period = Period("id", 30)
    search_terms = (Term("pk", ID),)
    search_help_text = "Line ID"
    ordering = ("-id",)
    fields = (*list_display, "bank_reference", "fee_tax", "read_at")
    phone = ("gateway_id", "net", "kind", "paid_out_at")
    gross = rupees_column("gross_paise", "Gross")
    fee = rupees_column("fee_paise", "Fee")
    fee_tax = rupees_column("fee_tax_paise", "GST in the fee")
    net = rupees_column("net_paise", "Net")
