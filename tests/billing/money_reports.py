"""What reports of money must say, added up from the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from billing.gst import INDIAN_TIME
from billing.labels import gateway_title
from billing.models import Invoice, PayoutLine
from billing.reports import gstr1_files
from billing.reports.ageing import read_proformas
from billing.reports.gstr1_summary import read_sections
from billing.reports.invoices import read_amounts, register_rows
from billing.reports.numbers import read_series
from billing.reports.payouts import not_booked_rows, not_paid_out_rows, settlement_rows
from billing.reports.periods import (
    ReportPeriod,
    year_of,
)
from billing.reports.revenue import GROUPS, read_revenue, revenue_rows
from billing.services import read_payouts
from tests.billing.business import DAYS, START
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.report_books import Books, day_of, sign_of

AMOUNTS = ("amount_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise")
FIRST = START.astimezone(INDIAN_TIME).date()


def check_revenue(books: Books, period: ReportPeriod) -> None:
    keys: dict[str, Callable[[Any], Any]] = {
        "day": lambda row: day_of(row.issued_at),
        "tier": lambda row: str(row.purchase.tier),
        "gateway": lambda row: gateway_title(row.purchase.gateway),
        "partner": lambda row: row.partner_id,
    }
    rows = books.documents_in(period)
    for by in GROUPS:
        groups: dict[Any, list[int]] = defaultdict(lambda: [0] * 9)
        for row in rows:
            net = sign_of(row) * row.amount_paise
            place = 0 if net > 0 else 1
            group = groups[keys[by](row)]
            group[place] += 1
            group[2 + place] += net
            group[4] += net
            for at, name in enumerate(AMOUNTS[1:], start=5):
                group[at] += sign_of(row) * getattr(row, name)
        found = list(revenue_rows(period, by))
        assert sorted(tuple(row[-9:]) for row in found) == sorted(map(tuple, groups.values()))
        if by in ("day", "tier", "gateway", "partner"):
            assert {row[0] for row in found} == set(groups)
        total = read_revenue(period, by).total
        assert total is not None
        assert list(total[1:]) == [
            sum(column) for column in zip(*groups.values(), strict=True)
        ] or (not groups and not any(total[1:]))


def check_tax(books: Books, period: ReportPeriod) -> None:
    rows = books.documents_in(period)
    expected = [sum(sign_of(row) * getattr(row, name) for row in rows) for name in AMOUNTS]
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
        small[row.place_of_supply] += sign_of(row) * row.amount_paise
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
