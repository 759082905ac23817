"""Points, limits and prices at their very edges: to the last hundredth and the first moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing.models import Charge, DailyUsage, KeySpending, LedgerEntry, OperationPrice, PointBucket
from config.db.clock import database_now
from imaging.services import InsufficientPoints, SpendLimitReached
from tests.billing.operations import balance_of, refund, set_price, start, succeed
from tests.billing.spending import FAST, limit, spent_of
from tests.factories import Keys, bucket, partner_with_keys


@pytest.mark.parametrize("period", ["day", "month"])
def test_a_limit_may_be_spent_to_its_last_hundredth(keys: Keys, period: str) -> None:
    limit(keys, **{period: 100})
    start(keys)
    KeySpending.objects.update(**{f"{period}_points": 10_001 - FAST})
    with pytest.raises(SpendLimitReached):
        start(keys)

    KeySpending.objects.update(**{f"{period}_points": 10_000 - FAST})
    start(keys)
    assert spent_of(keys) == {period: 10_000}


def test_what_goes_back_of_an_earlier_period_leaves_the_allowance_as_it_is(keys: Keys) -> None:
    limit(keys, day=100, month=100)
    running = start(keys)
    KeySpending.objects.update(day="2999-01-01", month="2999-01-01")

    refund(running)

    assert spent_of(keys) == {"day": FAST, "month": FAST}


def test_a_month_begins_with_the_first_moment_of_its_first_day(keys: Keys) -> None:
    kept, running = start(keys), start(keys)
    succeed(kept)
    today = timezone.now().date()
    first = datetime(today.year, today.month, 1, tzinfo=UTC)
    DailyUsage.objects.update(day=first.date())
    Charge.objects.filter(pk=running.id).update(created_at=first)

    limit(keys, month=100)

    assert spent_of(keys) == {"month": 2 * FAST}


@pytest.mark.parametrize(
    ("thinking", "kept"), [(FAST + 1, FAST), (FAST, FAST), (FAST - 1, FAST - 1)]
)
def test_a_call_that_fell_back_costs_no_more_than_either_mode(
    keys: Keys, price_list: None, thinking: int, kept: int
) -> None:
    set_price("starter", "create", "thinking", thinking)
    before = balance_of(keys)

    settlement = succeed(start(keys, mode="thinking"), "fast")

    assert (settlement.balance, balance_of(keys)) == (before - kept, before - kept)


@pytest.mark.parametrize(("held", "left"), [(200, 0), (100, 100)])
def test_a_call_takes_no_points_that_are_held_or_a_strangers(
    payer: Keys, held: int, left: int
) -> None:
    stranger = bucket(partner_with_keys().partner, 100_000)
    mine = PointBucket.objects.filter(pk=bucket(payer.partner, 200 + FAST).pk)
    mine.update(held=held)

    assert succeed(start(payer)).balance == left
    with pytest.raises(InsufficientPoints) as refused:
        start(payer)

    assert refused.value.quote.balance == left
    stranger.refresh_from_db()
    assert (mine.get().remaining, stranger.remaining) == (200, 100_000)


def test_each_bucket_that_a_call_goes_back_to_keeps_what_it_owes(payer: Keys) -> None:
    """Such as a single hundredth; their entries are numbered on."""
    bucket(payer.partner, 500)
    bucket(payer.partner, 500)
    operation = start(payer)
    PointBucket.objects.update(owed=1)

    refund(operation)

    assert set(PointBucket.objects.values_list("remaining", "taken", "owed")) == {(499, 1, 0)}
    entries = LedgerEntry.objects.filter(pk__startswith=operation.id[:21]).order_by("pk")
    assert [(entry.pk[21:], entry.kind) for entry in entries][2:] == [
        *(("800", "reversal"), ("801", "refund")),
        *(("802", "reversal"), ("803", "refund")),
    ]


def test_a_price_is_in_force_from_its_first_moment(keys: Keys, price_list: None) -> None:
    at = database_now() + timedelta(hours=1)
    for mode, points in (("fast", 900), ("thinking", 1_600)):
        OperationPrice.objects.create(
            tier_id="starter", action="create", mode=mode, points=points, starts_at=at
        )

    def costs(moment: datetime) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cost, fast_cost FROM billing_quote(%s, 'create', 'thinking', %s)",
                [keys.partner.pk, moment],
            )
            cost, fast_cost = cursor.fetchone()
        return cost, fast_cost

    assert costs(at - timedelta.resolution) == (1_500, FAST)
    assert costs(at) == (1_600, 900)
