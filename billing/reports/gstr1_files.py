"""The sections of GSTR-1 as the government's offline tool imports them: one CSV file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform

from billing.gst import INDIAN_TIME
from billing.models import Invoice
from billing.reports import gstr1
from billing.reports.files import report_file
from billing.reports.invoices import IN_ORDER, buyer_of, issued_in
from billing.reports.numbers import document_rows
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Kind, Row
from config.pages.streaming import read_in_chunks

_VALUE = Column("Invoice Value", "Invoice value", Kind.MONEY)
_NOTE_VALUE = Column("Note Value", "Note value", Kind.MONEY)
_PLACE = Column("Place Of Supply", "Place of supply")
_SHARE = Column("Applicable % of Tax Rate", "Applicable % of tax rate")
_RATE = Column("Rate", "Rate", Kind.PERCENT)
_TAXABLE = Column("Taxable Value", "Taxable value", Kind.MONEY)
_CESS = Column("Cess Amount", "Cess", Kind.MONEY)
_SHOP = Column("E-Commerce GSTIN", "E-commerce GSTIN")
_GSTIN = Column("GSTIN/UIN of Recipient", "GSTIN")
_NAME = Column("Receiver Name", "Receiver")
_REVERSE = Column("Reverse Charge", "Reverse charge")
_NUMBER = Column("Invoice Number", "Invoice")
_DATE = Column("Invoice date", "Date")
_NOTE = (Column("Note Number", "Note"), Column("Note Date", "Date"), Column("Note Type", "Type"))

B2B = (
    *(_GSTIN, _NAME, _NUMBER, _DATE, _VALUE, _PLACE, _REVERSE, _SHARE),
    *(Column("Invoice Type", "Type"), _SHOP, _RATE, _TAXABLE, _CESS),
)
B2CL = (_NUMBER, _DATE, _VALUE, _PLACE, _SHARE, _RATE, _TAXABLE, _CESS, _SHOP)
B2CS = (Column("Type", "Type"), _PLACE, _SHARE, _RATE, _TAXABLE, _CESS, _SHOP)
EXPORTS = (
    *(Column("Export Type", "Type"), _NUMBER, _DATE, _VALUE, Column("Port Code", "Port")),
    Column("Shipping Bill Number", "Shipping bill"),
    Column("Shipping Bill Date", "Shipping date"),
    *(_RATE, _TAXABLE, _CESS),
)
CDNR = (
    *(_GSTIN, _NAME, *_NOTE, _PLACE, _REVERSE, Column("Note Supply Type", "Supply type")),
    *(_NOTE_VALUE, _SHARE, _RATE, _TAXABLE, _CESS),
)
CDNUR = (*(Column("UR Type", "Kind"), *_NOTE, _PLACE, _NOTE_VALUE, _SHARE, _RATE, _TAXABLE, _CESS),)
HSN = (
    *(Column("HSN", "SAC"), Column("Description", "Description"), Column("UQC", "Unit")),
    Column("Total Quantity", "Quantity", Kind.COUNT),
    Column("Total Value", "Total value", Kind.MONEY),
    *(_RATE, _TAXABLE),
    Column("Integrated Tax Amount", "IGST", Kind.MONEY),
    Column("Central Tax Amount", "CGST", Kind.MONEY),
    Column("State/UT Tax Amount", "SGST/UTGST", Kind.MONEY),
    _CESS,
)
DOCUMENTS = (
    Column("Nature of Document", "Document"),
    *(Column("Sr. No. From", "From"), Column("Sr. No. To", "To")),
    Column("Total Number", "Number", Kind.COUNT),
    Column("Cancelled", "Missing", Kind.COUNT),
)
_DESCRIPTION = "Points for image requests"
_SUPPLY_TYPES = {Invoice.BuyerKind.SEZ: "SEZ supplies with payment"}


def documents(period: ReportPeriod, section: Q) -> Iterator[Invoice]:
    return read_in_chunks(issued_in(period).filter(section), IN_ORDER)


@report_file("gstr1-b2b", B2B, for_import=True)
def b2b_rows(period: ReportPeriod) -> Iterator[Row]:
    for row in documents(period, gstr1.B2B):
        buyer = buyer_of(row)
        kind = _SUPPLY_TYPES.get(Invoice.BuyerKind(row.buyer_kind), "Regular B2B")
        head = (buyer.gstin, buyer.legal_name, row.full_number, _date(row), row.total_paise)
        tail = (row.tax_percent, row.amount_paise, 0)
        yield (*head, _place(row), "N", "", kind, "", *tail)


@report_file("gstr1-b2cl", B2CL, for_import=True)
def b2cl_rows(period: ReportPeriod) -> Iterator[Row]:
    for row in documents(period, gstr1.B2CL):
        head = (row.full_number, _date(row), row.total_paise, _place(row), "")
        yield (*head, row.tax_percent, row.amount_paise, 0, "")


@report_file("gstr1-exp", EXPORTS, for_import=True)
def export_rows(period: ReportPeriod) -> Iterator[Row]:
    for row in documents(period, gstr1.EXPORTS):
        kind = "WPAY" if row.igst_paise else "WOPAY"
        head = (kind, row.full_number, _date(row), row.total_paise, "", "", "")
        yield (*head, row.tax_percent, row.amount_paise, 0)


@report_file("gstr1-b2cs", B2CS, for_import=True)
def b2cs_rows(period: ReportPeriod) -> Iterator[Row]:
    rows = issued_in(period).filter(gstr1.B2CS).order_by()
    groups = rows.values("place_of_supply", "tax_percent").annotate(net=_net("amount_paise"))
    for row in groups.order_by("place_of_supply", "tax_percent"):
        place = gstr1.place_of(row["place_of_supply"])
        yield "OE", place, "", row["tax_percent"], row["net"], 0, ""


@report_file("gstr1-cdnr", CDNR, for_import=True)
def cdnr_rows(period: ReportPeriod) -> Iterator[Row]:
    for row in documents(period, gstr1.CDNR):
        buyer = buyer_of(row)
        kind = _SUPPLY_TYPES.get(Invoice.BuyerKind(row.buyer_kind), "Regular B2B")
        head = (buyer.gstin, buyer.legal_name, row.full_number, _date(row), "C", _place(row))
        yield (*head, "N", kind, row.total_paise, "", row.tax_percent, row.amount_paise, 0)


@report_file("gstr1-cdnur", CDNUR, for_import=True)
def cdnur_rows(period: ReportPeriod) -> Iterator[Row]:
    for row in documents(period, gstr1.CDNUR):
        kind = "B2CL"
        if row.buyer_kind == Invoice.BuyerKind.ABROAD:
            kind = "EXPWP" if row.igst_paise else "EXPWOP"
        head = (kind, row.full_number, _date(row), "C", _place(row), row.total_paise, "")
        yield (*head, row.tax_percent, row.amount_paise, 0)


@report_file("gstr1-hsn-b2b", HSN, for_import=True)
def hsn_b2b_rows(period: ReportPeriod) -> Iterator[Row]:
    return _hsn_rows(issued_in(period).filter(gstr1.TO_REGISTERED))


@report_file("gstr1-hsn-b2c", HSN, for_import=True)
def hsn_b2c_rows(period: ReportPeriod) -> Iterator[Row]:
    return _hsn_rows(issued_in(period).exclude(gstr1.TO_REGISTERED))


@report_file("gstr1-docs", DOCUMENTS, for_import=True)
def docs_rows(period: ReportPeriod) -> Iterable[Row]:
    return document_rows(period)


def _hsn_rows(rows: QuerySet[Invoice]) -> Iterator[Row]:
    """Yield a row per SAC and rate; services have neither unit nor quantity."""
    sac = KeyTextTransform("sac", KeyTextTransform(0, "lines"), output_field=CharField())
    groups = rows.annotate(sac=sac).order_by().values("sac", "tax_percent")
    names = ("total", "amount", "igst", "cgst", "sgst")
    sums: dict[str, Any] = {name: _net(f"{name}_paise") for name in names}
    ordered: QuerySet[Invoice, Any] = groups.annotate(**sums).order_by("sac", "tax_percent")
    for code, percent, total, amount, *taxes in ordered.values_list("sac", "tax_percent", *names):
        yield code, _DESCRIPTION, "NA", 0, total, percent, amount, *taxes, 0


def _net(field: str) -> Sum:
    """Build a sum less credit notes."""
    sign = Case(When(gstr1.IS_NOTE, then=Value(-1)), default=Value(1))
    return Sum(F(field) * sign, default=0)


def _date(row: Invoice) -> str:
    return gstr1.on_day(row.issued_at.astimezone(INDIAN_TIME).date())


def _place(row: Invoice) -> str:
    return gstr1.place_of(row.place_of_supply)
