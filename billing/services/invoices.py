"""Issues invoices and credit notes, numbered without gaps."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone

from billing.gst import financial_year
from billing.models import BillingProfile, Invoice, Purchase
from billing.money import Tax
from billing.shares import Amounts, split_credit

#: Each kind has its own series. With year and number, it stays within 16 characters.
_PREFIXES = {Invoice.Kind.INVOICE: "SQ", Invoice.Kind.CREDIT_NOTE: "SQC"}


def issue_invoice(*, purchase: Purchase) -> None:
    """Issue a purchase's invoice, in the transaction that books its payment."""
    invoice = _draft(purchase, Invoice.Kind.INVOICE, _amounts_of(purchase))
    invoice.seller = {
        "name": settings.SELLER_NAME,
        "address": settings.SELLER_ADDRESS,
        "gstin": settings.SELLER_GSTIN,
    }
    invoice.set_buyer(BillingProfile.objects.of(purchase.partner_id).details())
    invoice.lines = [
        {
            "description": f"{purchase.package_name} package",
            "points": purchase.points,
            "sac": settings.SAC_CODE,
            "amount_paise": purchase.amount_paise,
        }
    ]
    _issue(invoice)


def issue_credit_note(*, purchase: Purchase, total_paise: int, points: int) -> Invoice:
    """Issue a credit note for all or a part of a purchase's invoice.

    The caller's transaction books what went back, and adds it to `returned_paise`: so the notes
    never exceed the invoice.
    """
    invoices = Invoice.objects.of(purchase.partner_id).filter(purchase=purchase)
    corrected = invoices.get(kind=Invoice.Kind.INVOICE)
    credited = _sum_amounts(corrected.credit_notes.all())
    amounts = split_credit(_amounts_of(corrected), credited, total_paise)
    note = _draft(purchase, Invoice.Kind.CREDIT_NOTE, amounts)
    note.corrects = corrected
    note.seller = corrected.seller
    note.lines = [{**corrected.lines[0], "points": points, "amount_paise": amounts.net}]
    note.set_buyer(corrected.buyer)
    _issue(note)
    return note


def _amounts_of(document: Invoice | Purchase) -> Amounts:
    tax = Tax(document.cgst_paise, document.sgst_paise, document.igst_paise)
    return Amounts(document.amount_paise, tax)


def _sum_amounts(notes: QuerySet[Invoice]) -> Amounts:
    names = ("amount_paise", "cgst_paise", "sgst_paise", "igst_paise")
    sums = notes.aggregate(**{name: Sum(name, default=0) for name in names})
    net, cgst, sgst, igst = (int(sums[name]) for name in names)
    return Amounts(net, Tax(cgst, sgst, igst))


def _draft(purchase: Purchase, kind: Invoice.Kind, amounts: Amounts) -> Invoice:
    return Invoice(
        partner_id=purchase.partner_id,
        purchase=purchase,
        kind=kind,
        tax_percent=purchase.tax_percent,
        amount_paise=amounts.net,
        cgst_paise=amounts.tax.cgst,
        sgst_paise=amounts.tax.sgst,
        igst_paise=amounts.tax.igst,
        total_paise=amounts.total,
        currency=purchase.currency,
        place_of_supply=purchase.place_of_supply,
        reference=purchase.reference,
        payment_id=purchase.payment_id or "",
    )


def _issue(document: Invoice) -> None:
    asked_at = timezone.now()
    year = financial_year(asked_at)
    document.series = f"{_PREFIXES[Invoice.Kind(document.kind)]}/{year}"
    document.number = _next_number(document.series)
    # Read after taking the lock, so that dates rise with numbers, but never in the next April.
    issued_at = timezone.now()
    document.issued_at = issued_at if financial_year(issued_at) == year else asked_at
    document.save(force_insert=True)


def _next_number(series: str) -> int:
    """Take the next number of a series; a rollback also returns the number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_invoicecounter AS c (series, last) VALUES (%s, 1)"
            " ON CONFLICT (series) DO UPDATE SET last = c.last + 1 RETURNING last",
            [series],
        )
        return int(cursor.fetchone()[0])
