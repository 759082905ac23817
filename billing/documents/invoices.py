"""Invoices, credit notes and proformas as A4 pages."""

from __future__ import annotations

from django.conf import settings

from billing.documents.content import (
    Document,
    Facts,
    buyer_lines,
    points_line,
    seller_lines,
    supply_facts,
    supply_notes,
    totals,
)
from billing.gateways import bank_details
from billing.gst import indian_date
from billing.models import BillingProfile, Invoice, Purchase
from billing.money import Tax, in_words, rupees


def render_invoice(invoice: Invoice) -> bytes:
    """Render an invoice or credit note as PDF: always the same bytes."""
    is_credit_note = invoice.kind == Invoice.Kind.CREDIT_NOTE
    buyer = invoice.buyer
    tax = Tax(invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise)
    return _draw(
        Document(
            title=invoice.get_kind_display(),
            subtitle="Original for recipient",
            made_at=invoice.issued_at,
            seller=seller_lines(**invoice.seller),
            facts=_facts(invoice),
            buyer=buyer_lines(buyer, invoice.partner.name),
            lines=[
                points_line(line["description"], line["sac"], line["points"], line["amount_paise"])
                for line in invoice.lines
            ],
            totals=totals(
                invoice.amount_paise,
                tax,
                invoice.tax_percent,
                invoice.place_of_supply,
                "Total credited" if is_credit_note else "Total paid",
            ),
            words=in_words(invoice.total_paise),
            notes_title="Refund" if is_credit_note else "Payment",
            notes=[*supply_notes(buyer), *_notes(invoice)],
        )
    )


def _draw(document: Document) -> bytes:
    # fpdf takes a quarter of the time in which a process starts.
    from billing.documents.pdf import draw  # noqa: PLC0415 - slow to import, and rarely needed

    return draw(document)


def _facts(invoice: Invoice) -> Facts:
    facts = [("Number", invoice.full_number), ("Date", indian_date(invoice.issued_at))]
    if corrected := invoice.corrects:
        facts += [
            ("For invoice", corrected.full_number),
            ("Invoice date", indian_date(corrected.issued_at)),
        ]
    return [*facts, ("Reference", invoice.reference), *supply_facts(invoice.place_of_supply)]


def _notes(invoice: Invoice) -> list[str]:
    verb = "was refunded for" if invoice.kind == Invoice.Kind.CREDIT_NOTE else "was received as"
    return [
        f"{rupees(invoice.total_paise)} {verb} payment {invoice.payment_id}.",
        "This is a computer-generated document and is valid without a signature.",
    ]


def render_proforma(purchase: Purchase) -> bytes:
    """Render the proforma for a bank transfer as PDF; it is not a tax invoice."""
    buyer = BillingProfile.objects.of(purchase.partner_id).details()
    tax = Tax(purchase.cgst_paise, purchase.sgst_paise, purchase.igst_paise)
    line = points_line(
        f"{purchase.package_name} package",
        settings.SAC_CODE,
        purchase.points,
        purchase.amount_paise,
    )
    return _draw(
        Document(
            title="Proforma invoice",
            made_at=purchase.created_at,
            seller=seller_lines(
                settings.SELLER_NAME, settings.SELLER_ADDRESS, settings.SELLER_GSTIN
            ),
            facts=[
                ("Reference", purchase.reference),
                ("Date", indian_date(purchase.created_at)),
                *supply_facts(purchase.place_of_supply),
            ],
            buyer=buyer_lines(buyer, purchase.partner.name),
            lines=[line],
            totals=totals(
                purchase.amount_paise,
                tax,
                purchase.tax_percent,
                purchase.place_of_supply,
                "Total due",
            ),
            words=in_words(purchase.total_paise),
            notes_title="Bank transfer",
            notes=_transfer_notes(purchase),
        )
    )


def _transfer_notes(purchase: Purchase) -> list[str]:
    return [
        *(f"{label}: {value}" for label, value in bank_details()),
        f"Transfer reference: {purchase.reference}",
        "Points are added when the payment arrives. This is not a tax invoice; the tax invoice is"
        " issued on payment.",
    ]
