"""The register of invoices and credit notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Case, F, QuerySet, Sum, Value, When
from django.urls import reverse

from billing.billing_details import BillingDetails
from billing.gst import INDIAN_TIME, place_name
from billing.models import Invoice
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import MOST_ROWS, Column, Kind, Linked, Row, Table
from config.db.encryption import report_undecryptable
from config.db.keyset import Keyset
from config.pages.streaming import read_in_chunks

IN_ORDER = Keyset("issued_at")
REGISTER = (
    Column("date", "Date", Kind.DATE),
    Column("number", "Number"),
    Column("kind", "Kind"),
    Column("corrects", "Corrects"),
    Column("buyer", "Buyer"),
    Column("gstin", "GSTIN"),
    Column("place_of_supply", "Place of supply"),
    Column("taxable_value", "Taxable value", Kind.MONEY),
    Column("cgst", "CGST", Kind.MONEY),
    Column("sgst_utgst", "SGST/UTGST", Kind.MONEY),
    Column("igst", "IGST", Kind.MONEY),
    Column("total", "Total", Kind.MONEY),
    Column("reference", "Purchase"),
)
#: The columns that fit on a page.
_ON_PAGE = (0, 1, 4, 5, 6, 7, 8, 9, 10, 11)
_AMOUNTS = ("amount_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise")


def issued_in(period: ReportPeriod) -> QuerySet[Invoice]:
    return Invoice.objects.of_live().filter(issued_at__gte=period.since, issued_at__lt=period.until)


def read_register(period: ReportPeriod) -> Table:
    """Return the newest documents of a period, and the total of all."""
    documents = issued_in(period).select_related("corrects")
    shown = list(IN_ORDER.reversed().sort(documents)[:MOST_ROWS])
    number = documents.count()
    return Table(
        title="Invoices and credit notes",
        columns=[REGISTER[at] for at in _ON_PAGE],
        rows=[_shorten(_row(document)) for document in shown],
        total=("Total", *[None] * 4, *read_amounts(period)),
        hidden=number - len(shown),
        note="Credit notes count below zero.",
        file="invoice-register",
    )


def read_amounts(period: ReportPeriod) -> list[int]:
    """Return taxable value, CGST, SGST, IGST and total of a period, less credit notes."""
    sign = Case(When(kind=Invoice.Kind.CREDIT_NOTE, then=Value(-1)), default=Value(1))
    sums = issued_in(period).aggregate(
        **{name: Sum(F(name) * sign, default=0) for name in _AMOUNTS}
    )
    return [sums[name] for name in _AMOUNTS]


@report_file("invoice-register", REGISTER)
def register_rows(period: ReportPeriod) -> Iterable[Row]:
    documents = issued_in(period).select_related("corrects")
    return (_row(document) for document in read_in_chunks(documents, IN_ORDER))


def amounts_of(document: Invoice) -> Iterator[int]:
    """Yield taxable value, CGST, SGST, IGST and total; below zero for a credit note."""
    sign = -1 if document.kind == Invoice.Kind.CREDIT_NOTE else 1
    for name in _AMOUNTS:
        yield sign * getattr(document, name)


def buyer_of(document: Invoice) -> BillingDetails:
    """Return the buyer; empty details if they cannot be decrypted, which is logged."""
    with report_undecryptable():
        return document.buyer
    return BillingDetails()


def _shorten(row: Row) -> Row:
    return [row[at] for at in _ON_PAGE]


def _row(document: Invoice) -> Row:
    buyer = buyer_of(document)
    address = reverse("admin:billing_invoice_change", args=[document.pk])
    return (
        document.issued_at.astimezone(INDIAN_TIME).date(),
        Linked(document.full_number, address),
        document.get_kind_display(),
        document.corrects.full_number if document.corrects else "",
        buyer.legal_name,
        buyer.gstin,
        place_name(document.place_of_supply),
        *amounts_of(document),
        document.reference,
    )
