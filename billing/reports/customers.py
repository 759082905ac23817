"""The statement of a partner for a period: documents, money and points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import Partner
from billing.gst import INDIAN_TIME
from billing.labels import gateway_title
from billing.models import BankTransfer, Invoice, LedgerEntry, PaymentReturn, Purchase
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Figure, Kind, Linked, Row, Table, add_up

STATEMENT = (
    Column("date", "Date", Kind.DATE),
    Column("kind", "Kind"),
    Column("document", "Document"),
    Column("reference", "Reference"),
    Column("debit", "Debit", Kind.MONEY),
    Column("credit", "Credit", Kind.MONEY),
    Column("balance", "Balance", Kind.MONEY),
)
TRANSFERS = (
    Column("date", "Received", Kind.DATE),
    Column("reference", "Reference"),
    Column("purchase", "Purchase"),
    Column("amount", "Amount", Kind.MONEY),
)
POINTS = (Column("movement", "Movement"), Column("points", "Points", Kind.POINTS))
_LABELS = {
    "credit": "Bought or granted",
    "charge": "Used",
    "reversal": "Refunds of requests",
    "refund": "Taken back",
    "debt": "Debts settled",
    "correction": "Corrections",
}


class Movement(NamedTuple):
    """`paise` above zero is owed by the partner, below zero is paid."""

    at: datetime
    kind: str
    document: object
    reference: str
    paise: int


def read_statement(partner: Partner, period: ReportPeriod) -> tuple[list[Figure], list[Table]]:
    """Return what the partner owed and had before and after, and every movement between."""
    opening = read_balance(partner, period.since)
    rows = list(statement_rows(partner, period))
    balance = rows[-1][-1]
    points, transfers = _read_points(partner, period), _read_transfers(partner, period)
    figures = [
        Figure("Balance due", balance, hint="Below zero if more was paid than invoiced."),
        Figure("Opening balance", opening),
        Figure("Points at the end", points.rows[-1][1], Kind.POINTS),
    ]
    tables = [Table(f"Account of {partner.name}", STATEMENT, rows), transfers, points]
    return figures, [table for table in tables if table.rows]


def statement_rows(partner: Partner, period: ReportPeriod) -> Iterator[Row]:
    """Yield the opening balance, then every movement with the balance after it."""
    balance = read_balance(partner, period.since)
    yield period.first, "Opening balance", "", "", None, None, balance
    for move in _movements(partner, period):
        balance += move.paise
        debit, credit = max(move.paise, 0) or None, max(-move.paise, 0) or None
        day = move.at.astimezone(INDIAN_TIME).date()
        yield day, move.kind, move.document, move.reference, debit, credit, balance


def read_balance(partner: Partner, until: datetime) -> int:
    """Return what was invoiced and not credited or paid before `until`."""
    documents = Invoice.objects.of(partner.pk).filter(issued_at__lt=until)
    is_note = Q(kind=Invoice.Kind.CREDIT_NOTE)
    invoiced = documents.aggregate(
        net=Sum("total_paise", filter=~is_note, default=0)
        - Sum("total_paise", filter=is_note, default=0)
    )["net"]
    paid = Purchase.objects.of(partner.pk).filter(paid_at__lt=until)
    returned = _returns(partner).filter(closed_at__lt=until)
    return int(
        invoiced
        - paid.aggregate(n=Sum(F("total_paise") + F("excess_paise"), default=0))["n"]
        + returned.aggregate(n=Sum("amount_paise", default=0))["n"]
    )


def _movements(partner: Partner, period: ReportPeriod) -> list[Movement]:
    """Read the movements of a period, oldest first: a partner buys a few times a month."""
    span = (period.since, period.until)
    documents = Invoice.objects.of(partner.pk).filter(issued_at__gte=span[0], issued_at__lt=span[1])
    payments = Purchase.objects.of(partner.pk).filter(paid_at__gte=span[0], paid_at__lt=span[1])
    returns = _returns(partner).filter(closed_at__gte=span[0], closed_at__lt=span[1])
    found = [
        *(_of_document(row) for row in documents),
        *(_of_payment(row) for row in payments),
        *(_of_return(row) for row in returns.select_related("purchase")),
    ]
    return sorted(found, key=lambda move: (move.at, move.kind != "Tax invoice"))


def _returns(partner: Partner) -> QuerySet[PaymentReturn]:
    """Select the money that went back of payments that were booked."""
    returned = PaymentReturn.objects.of(partner.pk).filter(state=PaymentReturn.State.RETURNED)
    return returned.filter(payment_id=F("purchase__payment_id"))


def _of_document(row: Invoice) -> Movement:
    sign = -1 if row.kind == Invoice.Kind.CREDIT_NOTE else 1
    link = Linked(row.full_number, reverse("admin:billing_invoice_change", args=[row.pk]))
    kind = str(row.get_kind_display())
    return Movement(row.issued_at, kind, link, row.reference, sign * row.total_paise)


def _of_payment(row: Purchase) -> Movement:
    link = Linked(row.reference, reverse("admin:billing_purchase_change", args=[row.pk]))
    kind = f"Payment, {gateway_title(row.gateway)}"
    assert row.paid_at
    return Movement(row.paid_at, kind, link, row.payment_id or "", -row.paid_paise)


def _of_return(row: PaymentReturn) -> Movement:
    assert row.closed_at
    link = Linked(
        row.purchase.reference, reverse("admin:billing_purchase_change", args=[row.purchase_id])
    )
    kind = str(row.get_kind_display())
    return Movement(row.closed_at, kind, link, row.gateway_id, row.amount_paise)


def _read_transfers(partner: Partner, period: ReportPeriod) -> Table:
    """Read what had arrived by the end of the period and was neither booked nor returned then."""
    end = Q(closed_at=None) | Q(closed_at__gte=period.until)
    rows = BankTransfer.objects.of(partner.pk).filter(end, received_on__lte=period.last)
    rows = rows.exclude(state=BankTransfer.State.BOOKED, purchase__paid_at__lt=period.until)
    found = [_of_transfer(row) for row in rows.select_related("purchase").order_by("id")]
    return Table("Bank transfers not booked", TRANSFERS, found, add_up(TRANSFERS, found))


def _of_transfer(row: BankTransfer) -> Row:
    link = Linked(row.reference, reverse("admin:billing_banktransfer_change", args=[row.pk]))
    return row.received_on, link, row.purchase.reference, row.amount_paise


def _read_points(partner: Partner, period: ReportPeriod) -> Table:
    entries = LedgerEntry.objects.of(partner.pk)
    opening = entries.filter(created_at__lt=period.since).aggregate(n=Sum("points", default=0))
    within = entries.filter(created_at__gte=period.since, created_at__lt=period.until)
    by_kind = dict(within.order_by().values_list("kind").annotate(Sum("points")))
    moved = [(label, by_kind.get(kind, 0)) for kind, label in _LABELS.items()]
    rows = [("Opening", opening["n"]), *moved]
    closing = sum(points for _, points in rows)
    return Table("Points", POINTS, [*rows, ("Closing", closing)])
