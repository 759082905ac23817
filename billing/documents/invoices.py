"""Invoices, credit notes and proformas as A4 pages."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from billing.documents.content import (
    Document,
    Facts,
    buyer_lines,
    legal,
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
    """Render an invoice or credit note as PDF: always the same bytes in a language."""
    is_credit_note = invoice.kind == Invoice.Kind.CREDIT_NOTE
    buyer = invoice.buyer
    title, *english = legal(Invoice.Kind(invoice.kind).label)
    tax = Tax(invoice.cgst_paise, invoice.sgst_paise, invoice.igst_paise)
    return _draw(
        Document(
            title=title,
            subtitle="\n".join([*english, *legal(gettext_lazy("Original for recipient"))]),
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
                gettext("Total credited") if is_credit_note else gettext("Total paid"),
            ),
            words=in_words(invoice.total_paise),
            notes_title=gettext("Refund") if is_credit_note else gettext("Payment"),
            notes=[*supply_notes(buyer), *_notes(invoice)],
        )
    )


def _draw(document: Document) -> bytes:
    # fpdf takes a quarter of the time in which a process starts.
    from billing.documents.pdf import draw  # noqa: PLC0415 - slow to import, and rarely needed

    return draw(document)


def _facts(invoice: Invoice) -> Facts:
    facts = [
        (gettext("Number"), invoice.full_number),
        (gettext("Date"), indian_date(invoice.issued_at)),
    ]
    if corrected := invoice.corrects:
        facts += [
            (gettext("For invoice"), corrected.full_number),
            (gettext("Invoice date"), indian_date(corrected.issued_at)),
        ]
    reference = (gettext("Reference"), invoice.reference)
    return [*facts, reference, *supply_facts(invoice.place_of_supply)]


def _notes(invoice: Invoice) -> list[str]:
    words = {"amount": rupees(invoice.total_paise), "payment": invoice.payment_id}
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        payment = gettext("%(amount)s was refunded for payment %(payment)s.") % words
    else:
        payment = gettext("%(amount)s was received as payment %(payment)s.") % words
    return [
        payment,
        gettext("This is a computer-generated document and is valid without a signature."),
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
            title=gettext("Proforma invoice"),
            made_at=purchase.created_at,
            seller=seller_lines(
                settings.SELLER_NAME, settings.SELLER_ADDRESS, settings.SELLER_GSTIN
            ),
            facts=[
                (gettext("Reference"), purchase.reference),
                (gettext("Date"), indian_date(purchase.created_at)),
                *supply_facts(purchase.place_of_supply),
            ],
            buyer=buyer_lines(buyer, purchase.partner.name),
            lines=[line],
            totals=totals(
                purchase.amount_paise,
                tax,
                purchase.tax_percent,
                purchase.place_of_supply,
                gettext("Total due"),
            ),
            words=in_words(purchase.total_paise),
            notes_title=gettext("Bank transfer"),
            notes=_transfer_notes(purchase),
        )
    )


def _transfer_notes(purchase: Purchase) -> list[str]:
    return [
        *(f"{label}: {value}" for label, value in bank_details()),
        gettext("Transfer reference: %(reference)s") % {"reference": purchase.reference},
        gettext(
            "Points are added when the payment arrives. This is not a tax invoice; the tax invoice"
            " is issued on payment."
        ),
    ]
