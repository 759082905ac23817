"""Admin pages for invoices and low-balance alerts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.personal_data import personal_data
from billing.admin.points import points_column, rupees_column
from billing.billing_details import BillingDetails
from billing.documents import render_invoice
from billing.models import AlertThreshold, BillingProfile, Invoice, InvoiceCounter, Purchase
from config.admin.filters import Period
from config.admin.masking import mask_name
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ANY, ID, Term
from config.admin.sections import Section
from config.admin.targets import link_targets
from config.db.encryption import report_undecryptable


class InvoiceNumbers:
    """Columns shared by the invoice list and a purchase's invoices."""

    @admin.display(description="Number")
    def number_text(self, invoice: Invoice) -> str:
        return invoice.full_number

    total = rupees_column("total_paise", "Total")

    @admin.display(description="Document")
    def pdf(self, invoice: Invoice) -> str:
        return format_html('<a href="{}">PDF</a>', reverse("admin:open-invoice", args=[invoice.pk]))


_NUMBER = re.compile(r"(?P<series>.+)/0*(?P<number>[0-9]{1,9})\Z")


def _by_number(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    found = _NUMBER.match(term)
    assert found
    return rows.filter(series=found["series"].upper(), number=int(found["number"]))


def _by_reference(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    purchases = Purchase.objects.of_all().filter(reference=term.upper())
    return rows.filter(purchase__in=list(purchases.values_list("pk", flat=True)))


@admin.register(Invoice)
class InvoiceAdmin(InvoiceNumbers, ReadOnlyAdmin):
    list_display = ("number_text", "partner", "kind", "purchase", "total", "issued_at", "pdf")
    list_filter = ("kind",)
    period = Period("id", 90)
    partner_ordering = ("-issued_at",)
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        Term("number", _NUMBER, _by_number),
        Term("purchase", ANY, _by_reference),
    )
    search_help_text = "Invoice number, purchase reference or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "place_of_supply", "payment_id")
    phone = ("partner", "total", "number_text", "issued_at")


@admin.register(AlertThreshold)
class AlertThresholdAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "below", "alerted_at")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Partner ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "below", "id", "alerted_at")
    below = points_column("points", "Alert below")


@admin.register(InvoiceCounter)
class InvoiceCounterAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("series", "last")
    fields = list_display


@admin.register(BillingProfile)
class BillingProfileAdmin(ReadOnlyAdmin):
    """Show what invoices are addressed to, without names and addresses."""

    list_display = ("id", "partner", "company", "gstin", "state", "created_at", "updated_at")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Partner ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "state", "company", "updated_at")

    @admin.display(description="Legal name")
    def company(self, profile: BillingProfile) -> str:
        return _masked(profile, lambda details: mask_name(details.legal_name))

    @admin.display(description="GSTIN")
    def gstin(self, profile: BillingProfile) -> str:
        return _masked(profile, lambda details: f"{details.gstin[:2]}…{details.gstin[-3:]}")

    @admin.display(description="State")
    def state(self, profile: BillingProfile) -> str:
        return _masked(profile, lambda details: details.state_code)


@personal_data(Invoice, kind="invoice", section=Section.MONEY, label="Open PDF")
def open_invoice(invoice: Invoice) -> HttpResponse:
    """Return the document, which names the buyer."""
    name = f'inline; filename="{invoice.file_name}"'
    return HttpResponse(
        render_invoice(invoice),
        content_type="application/pdf",
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


@personal_data(BillingProfile, kind="billing profile", section=Section.MONEY)
def read_details(profile: BillingProfile) -> list[tuple[str, str]]:
    details = profile.details
    return [
        ("Legal name", details.legal_name),
        ("Email", details.email),
        ("Address", "\n".join(details.postal_lines())),
        ("GSTIN", details.gstin),
    ]


def _masked(profile: BillingProfile, show: Callable[[BillingDetails], str]) -> str:
    with report_undecryptable():
        return show(profile.details).strip("…") or "–"
    return "cannot be decrypted"


link_targets(Invoice, "invoice.")
