"""Documents that are attached to emails."""

from __future__ import annotations

from billing.documents import render_invoice, render_proforma
from billing.models import Invoice, Purchase
from config.mail.attachments import File, attachment_source

_PDF = "application/pdf"


@attachment_source("invoice")
def attach_invoice(partner_id: str, purchase_id: str) -> File:
    """Make the tax invoice of a purchase."""
    invoices = Invoice.objects.of(partner_id).select_related("partner", "corrects")
    invoice = invoices.get(purchase=purchase_id, kind=Invoice.Kind.INVOICE)
    return invoice.file_name, render_invoice(invoice), _PDF


@attachment_source("credit-note")
def attach_credit_note(partner_id: str, invoice_id: str) -> File:
    invoices = Invoice.objects.of(partner_id).select_related("partner", "corrects")
    note = invoices.get(pk=invoice_id, kind=Invoice.Kind.CREDIT_NOTE)
    return note.file_name, render_invoice(note), _PDF


@attachment_source("proforma")
def attach_proforma(partner_id: str, purchase_id: str) -> File:
    purchase = Purchase.objects.of(partner_id).select_related("partner").get(pk=purchase_id)
    return purchase.proforma_name, render_proforma(purchase), _PDF
