"""How long proformas have been waiting for their payment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from billing.gst import INDIAN_TIME
from billing.models import Purchase
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import MOST_ROWS, Column, Kind, Linked, Row, Table, add_up

State = Purchase.State
_OPEN = (State.CREATED, State.PENDING, State.FAILED)
#: Ages in days: from each to the next.
_AGES = (
    (0, "Up to 7 days"),
    (8, "8 to 30 days"),
    (31, "31 to 60 days"),
    (61, "61 to 90 days"),
    (91, "Over 90 days"),
)
BY_AGE = (
    Column("age", "Age"),
    Column("proformas", "Proformas", Kind.COUNT),
    Column("net", "Before tax", Kind.MONEY),
    Column("total", "Amount due", Kind.MONEY),
)
PROFORMAS = (
    Column("date", "Date", Kind.DATE),
    Column("reference", "Proforma"),
    Column("partner", "Partner"),
    Column("package", "Package"),
    Column("days", "Days", Kind.COUNT),
    Column("total", "Amount due", Kind.MONEY),
)


def read_proformas(now: datetime) -> list[Table]:
    """Return the proformas that wait now by age, and the oldest of them."""
    rows = _open()
    oldest = [_row(row, now) for row in rows.order_by("created_at", "id")[:MOST_ROWS]]
    number = rows.count()
    return [
        _by_age(rows, now),
        Table(
            "Proformas, oldest first",
            PROFORMAS,
            oldest,
            hidden=number - len(oldest),
            empty="No proforma is waiting for its payment.",
            file="proformas",
        ),
    ]


@report_file("proformas", PROFORMAS)
def proforma_rows(period: ReportPeriod) -> Iterator[Row]:
    """Yield the proformas of a period that are still waiting; their ages are those at its end."""
    rows = _open().filter(created_at__gte=period.since, created_at__lt=period.until)
    for row in rows.order_by("created_at", "id"):
        yield _row(row, period.until)


def _open() -> QuerySet[Purchase]:
    waiting = Purchase.objects.of_live().filter(gateway="manual", state__in=_OPEN)
    return waiting.select_related("partner")


def _by_age(rows: QuerySet[Purchase], now: datetime) -> Table:
    bounds = [now - timedelta(days=days) for days, _ in _AGES[1:]]
    spans = zip([None, *bounds], [*bounds, None], strict=True)
    sums: dict[str, Any] = {}
    for place, (until, since) in enumerate(spans):
        span = Q(created_at__gt=since) if since else Q()
        span &= Q(created_at__lte=until) if until else Q()
        sums[f"count{place}"] = Count("id", filter=span)
        sums[f"net{place}"] = Sum("amount_paise", filter=span, default=0)
        sums[f"total{place}"] = Sum("total_paise", filter=span, default=0)
    found = rows.aggregate(**sums)
    lines = [
        (label, *(found[f"{name}{place}"] for name in ("count", "net", "total")))
        for place, (_, label) in enumerate(_AGES)
    ]
    return Table("Proformas by age", BY_AGE, lines, add_up(BY_AGE, lines))


def _row(row: Purchase, now: datetime) -> Row:
    return (
        row.created_at.astimezone(INDIAN_TIME).date(),
        Linked(row.reference, reverse("admin:billing_purchase_change", args=[row.pk])),
        Linked(row.partner.name, reverse("admin:accounts_partner_change", args=[row.partner_id])),
        row.package_name,
        (now - row.created_at).days,
        row.total_paise,
    )
