"""Margin: what requests earned, by operation, against what the provider billed for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.admin.reports.pages import render_report, report_page
from billing.forms.reports import PeriodForm
from billing.models import OperationPrice
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Figure, Kind, Linked, Row, Table, add_up, shorten
from imaging.models import ImageOperation

#: Points used in the period, with the price paid for them before tax.
_EARNED = """
    SELECT o.action, o.mode, -sum(e.points)::bigint,
        round(-sum(e.points * p.amount_paise::numeric / p.points))::bigint
    FROM billing_ledgerentry e
    JOIN imaging_imageoperation o ON o.id = e.operation_id
    LEFT JOIN billing_purchase p ON p.bucket_id = e.bucket_id
    WHERE e.created_at >= %(since)s AND e.created_at < %(until)s
        AND e.kind IN ('charge', 'reversal')
    GROUP BY 1, 2
"""
#: Requests that were charged in the period and that the provider billed, each at its cost then.
_BILLED = """
    SELECT o.id, o.action, o.mode, o.failure, o.created_at, c.state, k.paise
    FROM (
        SELECT DISTINCT operation_id FROM billing_ledgerentry
        WHERE created_at >= %(since)s AND created_at < %(until)s AND kind = 'charge') e
    JOIN billing_charge c ON c.id = e.operation_id
    JOIN imaging_imageoperation o ON o.id = c.id
    LEFT JOIN LATERAL (
        SELECT paise FROM imaging_providercost
        WHERE action = o.action AND mode = o.mode AND starts_at <= o.created_at
        ORDER BY starts_at DESC LIMIT 1) k ON true
    WHERE c.state = 'succeeded' OR o.is_billed
"""
_COSTS = f"""
    SELECT action, mode, count(*) FILTER (WHERE state = 'succeeded'),
        count(*) FILTER (WHERE state = 'refunded'),
        count(*) FILTER (WHERE paise IS NULL), coalesce(sum(paise), 0)::bigint,
        coalesce(sum(paise) FILTER (WHERE state = 'refunded'), 0)::bigint
    FROM ({_BILLED}) AS billed GROUP BY 1, 2
"""  # noqa: S608 - constants
_REFUNDED = f"""
    SELECT (created_at AT TIME ZONE INTERVAL '5:30')::date, id, action, mode, failure, paise
    FROM ({_BILLED}) AS billed WHERE state = 'refunded' ORDER BY created_at, id
"""  # noqa: S608 - constants

MARGIN = (
    Column("operation", "Operation"),
    Column("mode", "Mode"),
    Column("requests", "Requests", Kind.COUNT),
    Column("refunded_and_billed", "Refunded, billed", Kind.COUNT),
    Column("without_cost", "Without a cost", Kind.COUNT),
    Column("points", "Points used", Kind.POINTS),
    Column("revenue", "Earned before tax", Kind.MONEY),
    Column("cost", "Provider's cost", Kind.MONEY),
    Column("margin", "Margin", Kind.MONEY),
)
REFUNDED = (
    Column("date", "Date", Kind.DATE),
    Column("request", "Request"),
    Column("operation", "Operation"),
    Column("mode", "Mode"),
    Column("reason", "Reason"),
    Column("cost", "Provider's cost", Kind.MONEY),
)


@report_file("margin", MARGIN)
def margin_rows(period: ReportPeriod) -> Iterable[Row]:
    earned = {(action, mode): rest for action, mode, *rest in _fetch(_EARNED, period)}
    billed = {(action, mode): rest for action, mode, *rest in _fetch(_COSTS, period)}
    for kind in sorted({*earned, *billed}):
        points, revenue = earned.get(kind, (0, 0))
        kept, refunded, unknown, cost, _ = billed.get(kind, (0, 0, 0, 0, 0))
        revenue = revenue or 0
        counts = (kept, refunded, unknown)
        yield (*_names(*kind), *counts, points, revenue, cost, revenue - cost)


@report_file("billed-and-refunded", REFUNDED)
def refunded_rows(period: ReportPeriod) -> Iterator[Row]:
    """Yield requests for which the provider returned images, but which were refunded."""
    for day, pk, action, mode, failure, paise in _fetch(_REFUNDED, period):
        link = Linked(pk, reverse("admin:imaging_imageoperation_change", args=[pk]))
        reason = ImageOperation.Failure(failure).label if failure else ""
        yield (day, link, *_names(action, mode), reason, paise)


@report_page(
    title="Margin",
    name="margin",
    about="What requests earned by operation, against what the provider billed for them.",
)
def margin(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    rows = list(margin_rows(form.chosen))
    total = add_up(MARGIN, rows)
    refunded, hidden = shorten(list(refunded_rows(form.chosen)))
    lost = add_up(REFUNDED, refunded)[-1]
    return render_report(
        request,
        title="Margin",
        form=form,
        period=form.chosen,
        figures=[
            Figure("Margin before tax", total[8]),
            Figure("Earned before tax", total[6]),
            Figure("Provider's cost", total[7]),
            Figure("Requests without a cost", total[4], Kind.COUNT),
        ],
        tables=[
            Table("By operation", MARGIN, rows, total, file="margin"),
            Table(
                "Billed by the provider, refunded by us",
                REFUNDED,
                refunded,
                ("Total", None, None, None, None, lost) if refunded else None,
                hidden=hidden,
                empty="No request was billed and refunded.",
                file="billed-and-refunded",
            ),
        ],
        note=(
            "A point earns the price that was paid for it; granted points earn nothing. Costs are"
            " those under Provider costs, at the time of the request."
        ),
    )


def _names(action: str, mode: str) -> tuple[str, str]:
    return str(OperationPrice.Action(action).label), str(OperationPrice.Mode(mode).label)


def _fetch(statement: str, period: ReportPeriod) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": period.since, "until": period.until})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
