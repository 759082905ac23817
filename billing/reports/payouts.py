"""What gateways paid out, against what we booked: by day, and what is missing on either side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.urls import reverse

from billing.labels import gateway_title
from billing.models import PaymentReturn, PayoutLine
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Kind, Linked, Row, Table, add_up, shorten

#: Lines with what we booked for each: a purchase's payment, its refund, or its disputes.
_LINES = """
    SELECT l.*, p.id AS purchase_id, CASE l.kind
        WHEN 'payment' THEN p.total_paise + p.excess_paise
        WHEN 'refund' THEN (
            SELECT -r.amount_paise FROM billing_paymentreturn r
            WHERE r.purchase_id = p.id AND r.gateway_id = l.gateway_id AND r.state <> 'kept')
        WHEN 'dispute' THEN (
            SELECT -sum(r.amount_paise)::bigint FROM billing_paymentreturn r
            WHERE r.purchase_id = p.id AND r.kind = 'dispute' AND r.state = 'returned')
        END AS booked_paise
    FROM billing_payoutline l
    LEFT JOIN billing_purchase p ON p.gateway = l.gateway AND p.payment_id = l.payment_id
    WHERE l.paid_out_at >= %(since)s AND l.paid_out_at < %(until)s
"""
_BY_DAY = f"""
    SELECT (paid_out_at AT TIME ZONE INTERVAL '5:30')::date, gateway,
        count(*) FILTER (WHERE kind = 'payment'),
        coalesce(sum(gross_paise) FILTER (WHERE kind = 'payment'), 0)::bigint,
        coalesce(sum(gross_paise) FILTER (WHERE kind <> 'payment'), 0)::bigint,
        sum(fee_paise)::bigint, sum(fee_tax_paise)::bigint, sum(net_paise)::bigint,
        coalesce(sum(booked_paise), 0)::bigint,
        sum(gross_paise - coalesce(booked_paise, 0))::bigint
    FROM ({_LINES}) AS lines GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - constants
_NOT_BOOKED = f"""
    SELECT (paid_out_at AT TIME ZONE INTERVAL '5:30')::date, gateway, kind, gateway_id, payout_id,
        bank_reference, gross_paise, booked_paise, gross_paise - coalesce(booked_paise, 0),
        purchase_id
    FROM ({_LINES}) AS lines WHERE gross_paise IS DISTINCT FROM booked_paise ORDER BY 1, 2, id
"""  # noqa: S608 - constants
#: Booked payments and returned money of the period for which no line was read.
_NOT_PAID_OUT = """
    SELECT (p.paid_at AT TIME ZONE INTERVAL '5:30')::date, p.gateway, 'payment', p.reference,
        p.payment_id, p.total_paise + p.excess_paise, p.id
    FROM billing_purchase p
    WHERE p.paid_at >= %(since)s AND p.paid_at < %(until)s AND NOT EXISTS (
        SELECT FROM billing_payoutline l
        WHERE l.gateway = p.gateway AND l.payment_id = p.payment_id AND l.kind = 'payment')
    UNION ALL
    SELECT (r.closed_at AT TIME ZONE INTERVAL '5:30')::date, p.gateway, r.kind, p.reference,
        r.gateway_id, -r.amount_paise, p.id
    FROM billing_paymentreturn r JOIN billing_purchase p ON p.id = r.purchase_id
    WHERE r.state = 'returned' AND r.closed_at >= %(since)s AND r.closed_at < %(until)s
        AND p.payment_id = r.payment_id AND NOT EXISTS (
            SELECT FROM billing_payoutline l
            WHERE l.gateway = p.gateway AND l.payment_id = r.payment_id AND l.kind = r.kind
                AND (l.gateway_id = r.gateway_id OR l.kind = 'dispute'))
    ORDER BY 1, 2, 4
"""

BY_DAY = (
    Column("paid_out_on", "Paid out on", Kind.DATE),
    Column("gateway", "Gateway"),
    Column("payments", "Payments", Kind.COUNT),
    Column("gross", "Paid by buyers", Kind.MONEY),
    Column("returned", "Refunds and disputes", Kind.MONEY),
    Column("fees", "Fees with GST", Kind.MONEY),
    Column("gst_on_fees", "GST on fees", Kind.MONEY),
    Column("paid_out", "Paid out", Kind.MONEY),
    Column("booked", "Booked", Kind.MONEY),
    Column("difference", "Difference", Kind.MONEY),
)
NOT_BOOKED = (
    Column("paid_out_on", "Paid out on", Kind.DATE),
    Column("gateway", "Gateway"),
    Column("kind", "Kind"),
    Column("gateway_id", "ID at the gateway"),
    Column("payout_id", "Payout"),
    Column("bank_reference", "Bank reference"),
    Column("gross", "Amount", Kind.MONEY),
    Column("booked", "Booked", Kind.MONEY),
    Column("difference", "Difference", Kind.MONEY),
)
NOT_PAID_OUT = (
    Column("booked_on", "Booked on", Kind.DATE),
    Column("gateway", "Gateway"),
    Column("kind", "Kind"),
    Column("purchase", "Purchase"),
    Column("gateway_id", "ID at the gateway"),
    Column("amount", "Amount", Kind.MONEY),
)


@report_file("settlement-by-day", BY_DAY)
def settlement_rows(period: ReportPeriod) -> Iterator[Row]:
    for day, gateway, *values in _fetch(_BY_DAY, period):
        yield day, gateway_title(gateway), *values


@report_file("settlement-not-booked", NOT_BOOKED)
def not_booked_rows(period: ReportPeriod) -> Iterator[Row]:
    """Yield lines of payouts that differ from what is booked, or that nothing is booked for."""
    for day, gateway, kind, line, *values, purchase in _fetch(_NOT_BOOKED, period):
        cell = _link(purchase, line)
        yield day, gateway_title(gateway), PayoutLine.Kind(kind).label, cell, *values


@report_file("settlement-not-paid-out", NOT_PAID_OUT)
def not_paid_out_rows(period: ReportPeriod) -> Iterator[Row]:
    for day, gateway, kind, reference, *values, purchase in _fetch(_NOT_PAID_OUT, period):
        is_payment = kind == "payment"
        label = "Payment" if is_payment else str(PaymentReturn.Kind(kind).label)
        yield day, gateway_title(gateway), label, _link(purchase, reference), *values


def read_settlement(period: ReportPeriod) -> list[Table]:
    """Return payouts by day and gateway, and what is missing on either side."""
    rows = list(settlement_rows(period))
    return [
        Table(
            "Payouts by day",
            BY_DAY,
            rows,
            add_up(BY_DAY, rows),
            note="“Booked” is what we booked for the payments of each payout.",
            empty="No payout was read for this period.",
            file="settlement-by-day",
        ),
        _unmatched("Paid out, not booked", NOT_BOOKED, not_booked_rows(period), "not-booked"),
        _unmatched("Booked, not paid out", NOT_PAID_OUT, not_paid_out_rows(period), "not-paid-out"),
    ]


def _unmatched(title: str, columns: Sequence[Column], found: Iterable[Row], file: str) -> Table:
    rows = list(found)
    shown, hidden = shorten(rows)
    total = add_up(columns, rows) if rows else None
    empty = "Nothing is missing."
    return Table(
        title, columns, shown, total, hidden=hidden, empty=empty, file=f"settlement-{file}"
    )


def _fetch(statement: str, period: ReportPeriod) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": period.since, "until": period.until})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _link(purchase_id: str | None, text: str) -> Any:
    if purchase_id is None:
        return text
    return Linked(text, reverse("admin:billing_purchase_change", args=[purchase_id]))
