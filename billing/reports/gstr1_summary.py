"""GSTR-1 on one page: what each section holds."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from billing.reports import gstr1
from billing.reports.gstr1_files import HSN, hsn_b2b_rows, hsn_b2c_rows
from billing.reports.invoices import issued_in
from billing.reports.numbers import read_documents
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Kind, Table, add_up

SECTIONS = (
    Column("section", "Section"),
    Column("holds", "Holds"),
    Column("documents", "Documents", Kind.COUNT),
    Column("taxable_value", "Taxable value", Kind.MONEY),
    Column("igst", "IGST", Kind.MONEY),
    Column("cgst", "CGST", Kind.MONEY),
    Column("sgst_utgst", "SGST/UTGST", Kind.MONEY),
    Column("total", "Total", Kind.MONEY),
)
_ABOUT = {
    "B2B": "Invoices to buyers with a GSTIN",
    "B2CL": "Large invoices to other states, no GSTIN",
    "Exports": "Invoices to buyers outside India",
    "B2CS": "All other invoices, less their credit notes",
    "CDNR": "Credit notes to buyers with a GSTIN",
    "CDNUR": "Credit notes of B2CL and exports",
}
#: Files of the sections, as `report_file` names them.
FILES = {
    "B2B": "gstr1-b2b",
    "B2CL": "gstr1-b2cl",
    "Exports": "gstr1-exp",
    "B2CS": "gstr1-b2cs",
    "CDNR": "gstr1-cdnr",
    "CDNUR": "gstr1-cdnur",
}
_AMOUNTS = ("amount_paise", "igst_paise", "cgst_paise", "sgst_paise", "total_paise")


def read_sections(period: ReportPeriod) -> Table:
    """Return the sections in one query; credit notes count below zero, so that all add up to the
    period's tax."""
    sums: dict[str, Any] = {}
    for name, section in gstr1.SECTIONS.items():
        invoices, notes = section & gstr1.IS_INVOICE, section & gstr1.IS_NOTE
        sums[name] = Count("id", filter=section)
        for field in _AMOUNTS:
            sums[f"{name}_{field}"] = Sum(field, filter=invoices, default=0) - Sum(
                field, filter=notes, default=0
            )
    found = issued_in(period).aggregate(**sums)
    rows = [
        (name, _ABOUT[name], found[name], *(found[f"{name}_{field}"] for field in _AMOUNTS))
        for name in gstr1.SECTIONS
    ]
    total = add_up(SECTIONS, rows)
    return Table("Sections", SECTIONS, rows, total)


def read_summaries(period: ReportPeriod) -> list[Table]:
    """Return the summary by SAC for buyers with and without a GSTIN, and the documents issued."""
    tables = [
        Table(f"SAC summary, {label}", HSN, list(rows), file=file)
        for label, rows, file in (
            ("B2B", hsn_b2b_rows(period), "gstr1-hsn-b2b"),
            ("B2C", hsn_b2c_rows(period), "gstr1-hsn-b2c"),
        )
    ]
    return [*tables, read_documents(period)]
