"""The numbers of documents issued in a period, and those that are missing between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Kind, Row, Table

#: A number is missing if the one before it in the series, of any period, is not the next lower one.
_SERIES = """
    SELECT kind, series, min(number), max(number) FROM billing_invoice
    WHERE issued_at >= %(since)s AND issued_at < %(until)s GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
_GAPS = """
    SELECT series, number, before FROM (
        SELECT series, number, issued_at,
            coalesce(lag(number) OVER (PARTITION BY series ORDER BY number), 0) AS before
        FROM billing_invoice WHERE series = ANY (%(series)s)
    ) AS numbered
    WHERE number > before + 1 AND issued_at >= %(since)s AND issued_at < %(until)s
    ORDER BY 1, 2
"""
DOCUMENTS = (
    Column("document", "Document"),
    Column("from", "From"),
    Column("to", "To"),
    Column("number", "Numbers", Kind.COUNT),
    Column("missing", "Missing", Kind.COUNT),
    Column("gaps", "Missing numbers"),
)
_NATURES = {
    "invoice": "Invoices for outward supply",
    "credit_note": "Credit Note",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing numbers of a series, first and last included."""

    series: str
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        if self.first == self.last:
            return _format(self.series, self.first)
        return f"{_format(self.series, self.first)} to {_format(self.series, self.last)}"


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of a series in a period; missing ones are counted with those after them."""

    kind: str
    name: str
    first: int
    last: int
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        return sum(gap.count for gap in self.gaps)


def read_series(period: ReportPeriod) -> list[Series]:
    bounds: dict[str, Any] = {"since": period.since, "until": period.until}
    with connection.cursor() as cursor:
        cursor.execute(_SERIES, bounds)
        found = cursor.fetchall()
        cursor.execute(_GAPS, bounds | {"series": [series for _, series, _, _ in found]})
        gaps = [Gap(series, before + 1, number - 1) for series, number, before in cursor.fetchall()]
    return [
        Series(kind, name, first, last, tuple(gap for gap in gaps if gap.series == name))
        for kind, name, first, last in found
    ]


def read_documents(period: ReportPeriod) -> Table:
    """Return the series of a period, with the missing numbers by name."""
    series = read_series(period)
    rows = [
        (*row, ", ".join(map(str, each.gaps)) or "None")
        for row, each in zip(document_rows(period), series, strict=True)
    ]
    return Table("Documents issued", DOCUMENTS, rows, file="gstr1-docs")


def document_rows(period: ReportPeriod) -> Iterable[Row]:
    """Return the rows of table 13; numbers missing before the first one belong to it."""
    for series in read_series(period):
        first = min([series.first, *(gap.first for gap in series.gaps)])
        yield (
            _NATURES[series.kind],
            _format(series.name, first),
            _format(series.name, series.last),
            series.last - first + 1,
            series.missing,
        )


def _format(series: str, number: int) -> str:
    return f"{series}/{number:06d}"
