"""Revenue: what was invoiced, less credit notes, with its GST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from billing.gst import INDIAN_TIME
from billing.labels import gateway_title, tier_title
from billing.models import Invoice
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import MOST_ROWS, Column, Kind, Linked, Row, Table

#: Groups by name: (label, fields of the group, how they sort).
GROUPS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "day": ("Day", ("day",), "day"),
    "tier": ("Tier", ("purchase__tier_id",), "purchase__tier__position"),
    "gateway": ("Gateway", ("purchase__gateway",), "purchase__gateway"),
    "partner": ("Partner", ("partner_id", "partner__name"), "-net"),
}
_SUMS = (
    Column("invoices", "Invoices", Kind.COUNT),
    Column("credit_notes", "Credit notes", Kind.COUNT),
    Column("invoiced", "Invoiced", Kind.MONEY),
    Column("credited", "Credited", Kind.MONEY),
    Column("revenue", "Revenue", Kind.MONEY),
    Column("cgst", "CGST", Kind.MONEY),
    Column("sgst_utgst", "SGST/UTGST", Kind.MONEY),
    Column("igst", "IGST", Kind.MONEY),
    Column("total", "Total with GST", Kind.MONEY),
)
_FIELDS = ("invoices", "notes", "invoiced", "credited", "net", "cgst", "sgst", "igst", "total")


def revenue_columns(by: str) -> tuple[Column, ...]:
    label = GROUPS[by][0]
    first = Column(by, label, Kind.DATE if by == "day" else Kind.TEXT)
    extra = (Column("partner_id", "Partner ID"),) if by == "partner" else ()
    return (*extra, first, *_SUMS)


def read_revenue(period: ReportPeriod, by: str = "day") -> Table:
    """Read the groups of a period, at most 200, and the total of all."""
    rows = _grouped(period, by)
    shown = list(rows[:MOST_ROWS])
    hidden = rows.count() - len(shown) if len(shown) == MOST_ROWS else 0
    return Table(
        title=f"Revenue by {by}",
        columns=(Column(by, GROUPS[by][0], revenue_columns(by)[-len(_SUMS) - 1].kind), *_SUMS),
        rows=[(_label(by, row), *_values(row)) for row in shown],
        total=("Total", *_values(read_total(period))),
        hidden=hidden,
        file=f"revenue-by-{by}",
    )


def read_total(period: ReportPeriod) -> dict[str, int]:
    return _issued(period).aggregate(**_aggregates())


def revenue_rows(period: ReportPeriod, by: str) -> Iterator[Row]:
    """Yield all groups of a period."""
    for row in _grouped(period, by):
        extra = (row["partner_id"],) if by == "partner" else ()
        yield (*extra, _label(by, row), *_values(row))


def _issued(period: ReportPeriod) -> QuerySet[Invoice]:
    return Invoice.objects.of_live().filter(issued_at__gte=period.since, issued_at__lt=period.until)


def _grouped(period: ReportPeriod, by: str) -> QuerySet[Invoice, dict[str, Any]]:
    rows = _issued(period).annotate(day=TruncDate("issued_at", tzinfo=INDIAN_TIME))
    _, fields, order = GROUPS[by]
    groups: QuerySet[Invoice, dict[str, Any]] = rows.values(*fields).annotate(**_aggregates())
    return groups.order_by(order, *fields)


def _aggregates() -> dict[str, Any]:
    """Build the sums; those of taxes and totals are less what credit notes gave back."""
    is_note = Q(kind=Invoice.Kind.CREDIT_NOTE)
    gross = Sum("amount_paise", filter=~is_note, default=0)
    given_back = Sum("amount_paise", filter=is_note, default=0)
    return {
        "invoices": Count("id", filter=~is_note),
        "notes": Count("id", filter=is_note),
        "invoiced": gross,
        "credited": -given_back,
        "net": gross - given_back,
        **{
            name: Sum(field, filter=~is_note, default=0) - Sum(field, filter=is_note, default=0)
            for name, field in (
                ("cgst", "cgst_paise"),
                ("sgst", "sgst_paise"),
                ("igst", "igst_paise"),
                ("total", "total_paise"),
            )
        },
    }


def _values(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in _FIELDS)


def _label(by: str, row: dict[str, Any]) -> Any:
    if by == "gateway":
        return gateway_title(row["purchase__gateway"])
    if by == "partner":
        address = reverse("admin:accounts_partner_change", args=[row["partner_id"]])
        return Linked(row["partner__name"], address)
    return row["day"] if by == "day" else tier_title(row["purchase__tier_id"])


def _register(by: str) -> None:
    @report_file(f"revenue-by-{by}", revenue_columns(by))
    def read(period: ReportPeriod) -> Iterator[Row]:
        return revenue_rows(period, by)


for _by in GROUPS:
    _register(_by)
