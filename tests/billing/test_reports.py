"""Every report agrees with the ledger and the documents, over a random year of business."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from billing.gst import INDIAN_TIME
from billing.models import Invoice
from billing.reports.periods import (
    ReportPeriod,
    custom_period,
    month_of,
    quarter_of,
    year_of,
)
from billing.services import check_ledger
from tests.billing.business import DAYS, START, Business
from tests.billing.fakes.razorpay import FakeRazorpay
from tests.billing.money_reports import check_proformas, check_revenue, check_settlement, check_tax
from tests.billing.point_reports import (
    check_liability,
    check_margin,
    check_points,
    check_statements,
)
from tests.billing.report_books import Books
from tests.clocks import moved_clocks

pytestmark = pytest.mark.django_db

FIRST = START.astimezone(INDIAN_TIME).date()
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "events"), [(1, 60), (2, 120), (3, 120)])
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
