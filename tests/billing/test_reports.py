"""Every report agrees with the ledger and the documents, over a random year of business."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Partner
from billing.gst import INDIAN_TIME
from billing.models import Invoice, LedgerEntry, PaymentReturn, PayoutLine, PointBucket, Purchase
from billing.reports import gstr1_files
from billing.reports.ageing import read_proformas
from billing.reports.customers import read_balance, read_statement, statement_rows
from billing.reports.gstr1_summary import read_sections
from billing.reports.invoices import read_amounts, register_rows
from billing.reports.liability import read_liability, read_movements
from billing.reports.numbers import read_series
from billing.reports.payouts import not_booked_rows, not_paid_out_rows, settlement_rows
from billing.reports.periods import (
    ReportPeriod,
    custom_period,
    month_of,
    quarter_of,
    year_of,
)
from billing.reports.revenue import GROUPS, read_revenue, revenue_rows
from billing.services import check_ledger, read_payouts
from config.backoffice.margin import margin_rows
from imaging.models import ImageOperation, ProviderCost
from tests.billing.business import DAYS, START, Business
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.clocks import moved_clocks

pytestmark = pytest.mark.django_db

FIRST = START.astimezone(INDIAN_TIME).date()
LAST = FIRST + timedelta(days=DAYS - 1)
AMOUNTS = ("amount_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise")


@pytest.mark.parametrize(
    ("seed", "events"),
    [
        (1, 60),
        pytest.param(2, 120, marks=pytest.mark.slow),
        pytest.param(3, 120, marks=pytest.mark.slow),
    ],
)
def test_every_report_agrees_with_the_books(
    fake: FakeRazorpay, settings: Any, seed: int, events: int
) -> None:
    settings.PAYMENT_GATEWAYS = ["razorpay", "sandbox", "manual"]
    random = Random(seed)
    with moved_clocks(START) as clocks:
        business = Business(fake, clocks, random)
        business.run(events)
        assert check_ledger().ok
        books = Books()
        assert len(books.documents) > events // 5
        assert {row.buyer_kind for row in books.documents} == set(Invoice.BuyerKind.values)
        for period in _periods(random, share=events / 500):
            check_revenue(books, period)
            check_tax(books, period)
            check_points(books, period)
            check_margin(books, period)
            check_statements(books, period, random.choice(books.partners))
        for _ in range(events // 50):
            check_liability(books, _any_period(random).last)
        check_proformas(books)
        check_settlement(books, fake, random)


def _periods(random: Random, share: float) -> Iterator[ReportPeriod]:
    """Yield the year and a share of its months, quarters and random periods."""
    days = [FIRST.replace(day=15) + timedelta(days=30 * number) for number in range(12)]
    others = [
        *map(month_of, days),
        *map(quarter_of, days[::3]),
        *(_any_period(random) for _ in range(5)),
    ]
    yield year_of(FIRST)
    yield from random.sample(others, round(share * len(others)))


def _any_period(random: Random) -> ReportPeriod:
    first = FIRST + timedelta(days=random.randrange(DAYS))
    return custom_period(first, first + timedelta(days=random.randrange(90)))


class Books:
    """All rows, read once and added up here in the plainest way."""

    def __init__(self) -> None:
        documents = Invoice.objects.order_by("issued_at", "id")
        self.documents = list(documents.select_related("purchase", "corrects"))
        self.entries = list(LedgerEntry.objects.order_by("created_at", "id"))
        self.buckets = {row.pk: row for row in PointBucket.objects.all()}
        self.purchases = list(Purchase.objects.all())
        self.price = {
            row.bucket_id: Fraction(row.amount_paise, row.points)
            for row in self.purchases
            if row.bucket_id
        }
        self.returns = [
            row
            for row in PaymentReturn.objects.select_related("purchase")
            if row.payment_id == row.purchase.payment_id
        ]
        self.partners = list(Partner.objects.all())
        operations = ImageOperation.objects.select_related("charge")
        self.operations = {row.charge_id: row for row in operations}
        self.costs = list(ProviderCost.objects.order_by("starts_at"))

    def documents_in(self, period: ReportPeriod) -> list[Invoice]:
        return [row for row in self.documents if _is_in(row.issued_at, period)]

    def left_at(self, day: date) -> dict[str, int]:
        """The points of each bucket at the end of a day, added up from the first entry on."""
        left: Counter[str] = Counter()
        for entry in self.entries:
            if _day(entry.created_at) <= day:
                left[entry.bucket_id] += entry.points
        return {bucket: points for bucket, points in left.items() if points}


def _day(at: datetime | None) -> date:
    assert at
    return at.astimezone(INDIAN_TIME).date()


def _is_in(at: datetime | None, period: ReportPeriod) -> bool:
    return at is not None and period.first <= _day(at) <= period.last


def _sign(row: Invoice) -> int:
    return 1 if row.kind == "invoice" else -1


def check_revenue(books: Books, period: ReportPeriod) -> None:
    keys: dict[str, Callable[[Any], Any]] = {
        "day": lambda row: _day(row.issued_at),
        "tier": lambda row: row.purchase.tier_id,
        "gateway": lambda row: row.purchase.gateway,
        "partner": lambda row: row.partner_id,
    }
    rows = books.documents_in(period)
    for by in GROUPS:
        groups: dict[Any, list[int]] = defaultdict(lambda: [0] * 9)
        for row in rows:
            net = _sign(row) * row.amount_paise
            place = 0 if net > 0 else 1
            group = groups[keys[by](row)]
            group[place] += 1
            group[2 + place] += net
            group[4] += net
            for at, name in enumerate(AMOUNTS[1:], start=5):
                group[at] += _sign(row) * getattr(row, name)
        found = list(revenue_rows(period, by))
        assert sorted(tuple(row[-9:]) for row in found) == sorted(map(tuple, groups.values()))
        if by in ("day", "tier", "partner"):
            assert {row[0] for row in found} == set(groups)
        total = read_revenue(period, by).total
        assert total is not None
        assert list(total[1:]) == [
            sum(column) for column in zip(*groups.values(), strict=True)
        ] or (not groups and not any(total[1:]))


def check_tax(books: Books, period: ReportPeriod) -> None:
    rows = books.documents_in(period)
    expected = [sum(_sign(row) * getattr(row, name) for row in rows) for name in AMOUNTS]
    assert read_amounts(period) == expected
    register = list(register_rows(period))
    assert [row[1].text for row in register] == [row.full_number for row in rows]
    assert [sum(row[at] for row in register) for at in range(7, 12)] == expected
    _check_sections(rows, period, expected)
    _check_numbers(rows, period)


def _section_of(row: Invoice) -> str:
    """As the law says it, from the encrypted buyer."""
    buyer, invoice = row.buyer, row.corrects or row
    is_note = row.kind == "credit_note"
    if buyer.country != "IN":
        return "CDNUR" if is_note else "Exports"
    if buyer.gstin:
        return "CDNR" if is_note else "B2B"
    if row.place_of_supply != row.seller["gstin"][:2] and invoice.total_paise > 100_000_00:
        return "CDNUR" if is_note else "B2CL"
    return "B2CS"


def _check_sections(rows: list[Invoice], period: ReportPeriod, expected: list[int]) -> None:
    sections: dict[str, list[Invoice]] = defaultdict(list)
    for row in rows:
        sections[_section_of(row)].append(row)
    table = read_sections(period)
    assert {row[0]: row[2] for row in table.rows} == {
        name: len(sections[name]) for name in (row[0] for row in table.rows)
    }
    net, cgst, sgst, igst, total = expected
    assert table.total is not None
    assert list(table.total[2:]) == [len(rows), net, igst, cgst, sgst, total]

    b2b = list(gstr1_files.b2b_rows(period))
    assert [(row[0], row[2], row[4], row[-2]) for row in b2b] == [
        (row.buyer.gstin, row.full_number, row.total_paise, row.amount_paise)
        for row in sections["B2B"]
    ]
    for name, found, number in (
        ("B2CL", gstr1_files.b2cl_rows(period), 0),
        ("Exports", gstr1_files.export_rows(period), 1),
        ("CDNR", gstr1_files.cdnr_rows(period), 2),
        ("CDNUR", gstr1_files.cdnur_rows(period), 1),
    ):
        assert [row[number] for row in found] == [row.full_number for row in sections[name]]
    small: Counter[str] = Counter()
    for row in sections["B2CS"]:
        small[row.place_of_supply] += _sign(row) * row.amount_paise
    b2cs = {row[1][:2]: row[4] for row in gstr1_files.b2cs_rows(period)}
    assert b2cs == dict(small)
    hsn = [*gstr1_files.hsn_b2b_rows(period), *gstr1_files.hsn_b2c_rows(period)]
    assert {row[0] for row in hsn} <= {"998439"}
    assert [sum(row[at] for row in hsn) for at in (6, 8, 9, 7, 4)] == expected


def _check_numbers(rows: list[Invoice], period: ReportPeriod) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        numbers[row.series].append(row.number)
    found = {series.name: series for series in read_series(period)}
    assert set(found) == set(numbers)
    for name, series in found.items():
        assert (series.first, series.last) == (min(numbers[name]), max(numbers[name]))
        assert series.missing == 0


def check_liability(books: Books, day: date) -> None:
    left = books.left_at(day)
    found = read_liability(day)
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pk, points in left.items():
        price = books.price.get(pk)
        group = expected[books.buckets[pk].tier_id]
        group[0] += 1
        group[1 if price is not None else 2] += points
        group[3] += int(points * price + Fraction(1, 2)) if price is not None else 0
    by_tier = {row[0]: list(row[1:]) for row in found.by_tier().rows if any(row[1:])}
    assert by_tier == dict(expected)
    ages = Counter(_age_of((day - _day(books.buckets[pk].purchased_at)).days) for pk in left)
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
        mine = {pk for pk, row in books.buckets.items() if row.tier_id == tier}
        moved: Counter[str] = Counter()
        for entry in books.entries:
            if entry.bucket_id in mine and _is_in(entry.created_at, period):
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
    entries = [row for row in books.entries if _is_in(row.created_at, period)]
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
        total = sum(_sign(x) * x.total_paise for x in documents if _day(x.issued_at) <= until)
        for purchase in books.purchases:
            if purchase.partner_id == partner.pk and purchase.paid_at:
                total -= purchase.paid_paise * (_day(purchase.paid_at) <= until)
        for row in books.returns:
            if row.partner_id == partner.pk and row.state == "returned":
                total += row.amount_paise * (_day(row.closed_at) <= until)
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


def check_proformas(books: Books) -> None:
    waiting = [
        row
        for row in books.purchases
        if row.gateway == "manual" and row.state in ("created", "pending", "failed")
    ]
    by_age, oldest = read_proformas(timezone.now())
    assert by_age.total is not None
    assert list(by_age.total[1:]) == [
        len(waiting),
        sum(row.amount_paise for row in waiting),
        sum(row.total_paise for row in waiting),
    ]
    assert len(oldest.rows) + oldest.hidden == len(waiting)


def check_settlement(books: Books, fake: FakeRazorpay, random: Random) -> None:
    """Most payments are paid out two days later; some never, and one is not ours."""
    year = year_of(FIRST)
    paid = [row for row in books.purchases if row.paid_at]
    mine = [row for row in paid if row.gateway == "razorpay"]
    forgotten = set(random.sample([row.pk for row in mine], 3))
    for row in mine:
        if row.pk not in forgotten and row.paid_at:
            at = min(row.paid_at + timedelta(days=2), year.until - timedelta(hours=1))
            fake.settle(fake.payments[str(row.payment_id)], at)
    for entity in (*fake.refunds.values(), *fake.disputes.values()):
        if entity["entity"] == "refund" or entity["status"] == "lost":
            at = datetime.fromtimestamp(entity["created_at"], INDIAN_TIME) + timedelta(days=5)
            fake.settle(entity, min(at, year.until - timedelta(hours=1)))
    foreign = {**next(iter(fake.payments.values())), "id": "pay_of_another_shop", "amount": 777}
    fake.settle(foreign, START + timedelta(days=9))
    for number in range(DAYS):
        for gateway in ("razorpay", "sandbox", "manual"):
            read_payouts(gateway=gateway, day=FIRST + timedelta(days=number))

    unbooked = list(not_booked_rows(year))
    assert [row[3] for row in unbooked if isinstance(row[3], str)] == ["pay_of_another_shop"]
    assert sum(row[-1] for row in unbooked) == 777
    missing = {row[3].text for row in not_paid_out_rows(year) if row[2] == "Payment"}
    assert missing == {row.reference for row in mine if row.pk in forgotten}
    rows = list(settlement_rows(year))
    assert sum(row[9] for row in rows) == 777
    booked = sum(row.paid_paise for row in paid if row.pk not in forgotten)
    back = sum(row.amount_paise for row in books.returns if row.state == "returned")
    assert sum(row[3] for row in rows) == booked + 777
    assert sum(row[4] for row in rows) == -back
    assert sum(row[7] for row in rows) == sum(
        PayoutLine.objects.values_list("net_paise", flat=True)
    )
