"""What reports of points, margin and customers must say, added up from the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

from accounts.models import Partner
from billing.gst import INDIAN_TIME
from billing.labels import tier_title
from billing.reports.customers import read_balance, read_statement, statement_rows
from billing.reports.liability import read_liability, read_movements
from billing.reports.periods import (
    ReportPeriod,
)
from config.backoffice.margin import margin_rows
from imaging.models import ImageOperation
from tests.billing.business import START
from tests.billing.report_books import Books, day_of, is_in, sign_of

FIRST = START.astimezone(INDIAN_TIME).date()


def check_liability(books: Books, day: date) -> None:
    left = books.left_at(day)
    found = read_liability(day)
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pk, points in left.items():
        price = books.price.get(pk)
        group = expected[tier_title(books.buckets[pk].tier_id)]
        group[0] += 1
        group[1 if price is not None else 2] += points
        group[3] += int(points * price + Fraction(1, 2)) if price is not None else 0
    by_tier = {row[0]: list(row[1:]) for row in found.by_tier().rows if any(row[1:])}
    assert by_tier == dict(expected)
    ages = Counter(_age_of((day - day_of(books.buckets[pk].purchased_at)).days) for pk in left)
    assert {row[0]: row[1] for row in found.by_age().rows if row[1]} == dict(ages)
    assert found.points == sum(left.values())


def _age_of(days: int) -> str:
    limits = {30: "Up to 30 days", 90: "31 to 90 days", 180: "91 to 180 days"} | {
        365: "181 to 365 days"
    }
    return next((age for limit, age in limits.items() if days <= limit), "Over 365 days")


def check_points(books: Books, period: ReportPeriod) -> None:
    """Opening and movements lead to the closing points, tier by tier."""
    check_liability(books, period.last)
    table = read_movements(period)
    opening = books.left_at(period.first - timedelta(days=1))
    for tier, *values in table.rows:
        mine = {pk for pk, row in books.buckets.items() if tier_title(row.tier_id) == tier}
        moved: Counter[str] = Counter()
        for entry in books.entries:
            if entry.bucket_id in mine and is_in(entry.created_at, period):
                is_grant = entry.kind == "credit" and entry.bucket_id not in books.price
                moved["grant" if is_grant else entry.kind] += entry.points
        kinds = ("credit", "grant", "charge", "reversal", "refund", "debt", "correction")
        first = sum(points for pk, points in opening.items() if pk in mine)
        assert values == [first, *(moved[kind] for kind in kinds), first + sum(moved.values())]


def check_margin(books: Books, period: ReportPeriod) -> None:
    """What points earned by the price of their bucket, and what the provider billed for them."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    points: Counter[tuple[str, str]] = Counter()
    earned: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    cost: Counter[tuple[str, str]] = Counter()
    entries = [row for row in books.entries if is_in(row.created_at, period)]
    for entry in entries:
        if entry.kind in ("charge", "reversal"):
            operation = books.operations[entry.operation_id]
            kind = (operation.action, operation.mode)
            points[kind] -= entry.points
            earned[kind] -= entry.points * books.price.get(entry.bucket_id, Fraction())
    for pk in {entry.operation_id for entry in entries if entry.kind == "charge"}:
        operation = books.operations[pk]
        assert operation.charge
        is_kept, kind = operation.charge.state == "succeeded", (operation.action, operation.mode)
        if is_kept or operation.is_billed:
            billed = _cost_of(books, operation)
            counts[kind][0 if is_kept else 1] += 1
            counts[kind][2] += billed is None
            cost[kind] += billed or 0
    expected = [
        (*counts[kind], points[kind], paise := _round(earned[kind]), cost[kind], paise - cost[kind])
        for kind in sorted({*counts, *points})
    ]
    assert [row[2:] for row in margin_rows(period)] == expected


def _cost_of(books: Books, operation: ImageOperation) -> int | None:
    costs = [
        row.paise
        for row in books.costs
        if (row.action, row.mode) == (operation.action, operation.mode)
        if row.starts_at <= operation.created_at
    ]
    return costs[-1] if costs else None


def _round(paise: Fraction) -> int:
    rounded = int(abs(paise) + Fraction(1, 2))
    return rounded if paise >= 0 else -rounded


def check_statements(books: Books, period: ReportPeriod, partner: Partner) -> None:
    def owed(until: date) -> int:
        documents = [row for row in books.documents if row.partner_id == partner.pk]
        total = sum(sign_of(x) * x.total_paise for x in documents if day_of(x.issued_at) <= until)
        for purchase in books.purchases:
            if purchase.partner_id == partner.pk and purchase.paid_at:
                total -= purchase.paid_paise * (day_of(purchase.paid_at) <= until)
        for row in books.returns:
            if row.partner_id == partner.pk and row.state == "returned":
                total += row.amount_paise * (day_of(row.closed_at) <= until)
        return total

    rows = list(statement_rows(partner, period))
    assert rows[0][-1] == owed(period.first - timedelta(days=1))
    assert rows[-1][-1] == owed(period.last) == read_balance(partner, period.until)
    moved = sum((row[4] or 0) - (row[5] or 0) for row in rows)
    assert rows[0][-1] + moved == rows[-1][-1]
    _check_points_of(books, period, partner)


def _check_points_of(books: Books, period: ReportPeriod, partner: Partner) -> None:
    points = read_statement(partner, period)[1][-1].rows
    for at, day in ((0, period.first - timedelta(days=1)), (-1, period.last)):
        left = books.left_at(day).items()
        mine = [n for pk, n in left if books.buckets[pk].partner_id == partner.pk]
        assert points[at][1] == sum(mine)
