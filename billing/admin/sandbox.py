"""Admin pages for the simulated payments of the sandbox gateway."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.points import rupees_column
from billing.models import SandboxPayment, SandboxReturn
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term
from config.admin.sections import Section


@admin.register(SandboxPayment)
class SandboxPaymentAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("id", "partner", "purchase", "amount", "is_captured", "happens_at")
    list_filter = ("is_captured",)
    period = Period("id", 30)
    search_terms = (Term("pk", ID), Term("purchase_id", ID))
    search_help_text = "Payment ID or purchase ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "amount", "purchase", "happens_at")
    amount = rupees_column("amount_paise", "Amount")


@admin.register(SandboxReturn)
class SandboxReturnAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("id", "partner", "payment", "kind", "amount", "state", "created_at")
    list_filter = ("kind", "state")
    period = Period("id", 30)
    search_terms = (Term("pk", ID), Term("payment_id", ID))
    search_help_text = "ID of the refund, dispute or payment"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "amount", "kind", "state")
    amount = rupees_column("amount_paise", "Amount")
