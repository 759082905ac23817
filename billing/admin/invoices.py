"""Admin pages for invoices and low-balance alerts."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from billing.documents import render_invoice
from billing.models import AlertThreshold, Invoice, Purchase
from billing.money import rupees
from billing.templatetags.points import points
from config.admin.options import ReadOnlyAdmin, datetime_column


class InvoiceNumbers:
    """Columns shared by the invoice list and a purchase's invoices."""

    @admin.display(description="Number")
    def number_text(self, invoice: Invoice) -> str:
        return invoice.full_number

    @admin.display(description="Total")
    def total(self, row: Invoice | Purchase) -> str:
        return rupees(row.total_paise)

    @admin.display(description="Document")
    def pdf(self, invoice: Invoice) -> str:
        return format_html(
            '<a href="{}">PDF</a>', reverse("admin:billing_invoice_pdf", args=[invoice.pk])
        )


@admin.register(Invoice)
class InvoiceAdmin(InvoiceNumbers, ReadOnlyAdmin):
    list_display = ("number_text", "kind", "partner", "total", "reference", "issued", "pdf")
    list_filter = ("kind", "series")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "reference__exact", "partner__id__exact", "partner__name")
    ordering = ("-id",)
    fields = (*list_display, "place_of_supply", "payment_id")
    issued = datetime_column("issued_at", "Issued")

    def get_urls(self) -> list[URLPattern]:
        pdf = path(
            "<str:invoice_id>/pdf/",
            self.admin_site.admin_view(self.show_pdf),
            name="billing_invoice_pdf",
        )
        return [pdf, *super().get_urls()]

    def show_pdf(self, request: HttpRequest, invoice_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        invoice = get_object_or_404(Invoice, pk=invoice_id)
        name = f'inline; filename="{invoice.file_name}"'
        return HttpResponse(
            render_invoice(invoice),
            content_type="application/pdf",
            headers={"Content-Disposition": name},
        )


@admin.register(AlertThreshold)
class AlertThresholdAdmin(ReadOnlyAdmin):
    list_display = ("partner", "below", "alerted")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "partner__id__exact", "partner__name")
    ordering = ("-id",)
    fields = list_display
    alerted = datetime_column("alerted_at", "Alert sent")

    @admin.display(description="Alert below")
    def below(self, threshold: AlertThreshold) -> str:
        return points(threshold.points)
