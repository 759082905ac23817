"""Image calls and points, by examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from billing.models import Charge, DailyUsage, LedgerEntry, OperationPrice
from imaging.models import ImageOperation
from imaging.services import InsufficientPoints, Interrupted, Settlement
from tests.billing.operations import (
    Booking,
    balance_of,
    bookings_of,
    buckets_of,
    refund,
    set_price,
    start,
    start_test,
    succeed,
)
from tests.factories import Keys, bucket, partner_with_keys


@pytest.fixture
def partner(live_db: None) -> Keys:
    return partner_with_keys()


def test_a_call_over_two_buckets_costs_the_price_of_the_older_one(partner: Keys) -> None:
    old = bucket(partner.partner, 300)
    new = bucket(partner.partner, 10_000, "scale")

    operation = start(partner)

    assert (operation.tier, operation.cost) == ("starter", 800)
    assert bookings_of(operation.id) == [
        Booking(old.id, "charge", -300),
        Booking(new.id, "charge", -500),
    ]


def test_a_test_call_costs_nothing(partner: Keys) -> None:
    operation = start_test(partner)

    assert (operation.is_test, operation.tier, operation.cost) == (True, "test", 0)


def test_the_next_call_costs_the_price_of_the_bucket_that_is_now_oldest(partner: Keys) -> None:
    bucket(partner.partner, 300)
    bucket(partner.partner, 10_000, "scale")
    start(partner)

    assert start(partner).cost == 600


def test_a_refund_revives_an_emptied_bucket_at_its_old_place(partner: Keys) -> None:
    old = bucket(partner.partner, 800)
    bucket(partner.partner, 10_000, "scale")
    operation = start(partner)
    assert start(partner).tier == "scale"

    assert refund(operation)

    assert buckets_of(partner)[0].id == old.id
    assert start(partner).tier == "starter"


def test_a_refund_happens_once(partner: Keys) -> None:
    bucket(partner.partner, 800)
    operation = start(partner)

    assert [refund(operation), refund(operation)] == [True, False]

    assert balance_of(partner) == 800
    assert LedgerEntry.objects.filter(kind="reversal").count() == 1


def test_a_success_is_not_refunded(partner: Keys) -> None:
    bucket(partner.partner, 800)
    operation = start(partner)
    succeed(operation)

    assert not refund(operation)
    assert balance_of(partner) == 0


def test_a_refunded_call_does_not_succeed_any_more(partner: Keys) -> None:
    bucket(partner.partner, 800)
    operation = start(partner)
    refund(operation)

    with pytest.raises(Interrupted):
        succeed(operation)

    row = ImageOperation.objects.get(pk=operation.id)
    assert (row.failure, row.image_urls) == ("failed", [])


def test_thinking_that_falls_back_keeps_the_fast_price_of_the_moment_of_the_charge(
    partner: Keys, price_list: None
) -> None:
    bucket(partner.partner, 2_000)
    operation = start(partner, mode="thinking")
    set_price("starter", "create", "fast", 100)

    assert succeed(operation, "fast") == Settlement(cost=800, balance=1_200)
    assert ImageOperation.objects.get(pk=operation.id).mode == "fast"


def test_a_fast_price_above_the_thinking_price_gives_nothing_back(
    partner: Keys, price_list: None
) -> None:
    set_price("starter", "create", "fast", 1_800)
    bucket(partner.partner, 2_000)

    assert succeed(start(partner, mode="thinking"), "fast").cost == 1_500


def test_a_new_price_counts_from_the_next_call(partner: Keys, price_list: None) -> None:
    bucket(partner.partner, 2_000)
    operation = start(partner)
    set_price("starter", "create", "fast", 100)

    assert succeed(operation).cost == 800
    assert start(partner).cost == 100


def test_a_refusal_says_what_is_missing_and_writes_nothing(partner: Keys) -> None:
    bucket(partner.partner, 300, "growth")

    with pytest.raises(InsufficientPoints) as caught:
        start(partner)

    refusal = caught.value.quote
    assert (refusal.tier, refusal.cost, refusal.balance) == ("growth", 725, 300)
    assert not Charge.objects.exists()
    assert not ImageOperation.objects.exists()


def test_exactly_enough_points_are_enough(partner: Keys) -> None:
    bucket(partner.partner, 800)

    assert succeed(start(partner)).balance == 0


def test_usage_counts_a_call_on_the_utc_day_of_its_charge(partner: Keys) -> None:
    bucket(partner.partner, 2_000)
    operation = start(partner)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    Charge.objects.filter(pk=operation.id).update(created_at=yesterday)

    succeed(operation)

    assert DailyUsage.objects.get().day == yesterday.date()


def test_a_crash_before_the_commit_leaves_no_trace_of_the_charge(partner: Keys) -> None:
    bucket(partner.partner, 800)

    with transaction.atomic():
        start(partner)
        transaction.set_rollback(True)

    assert balance_of(partner) == 800
    assert not Charge.objects.exists()


def test_an_unknown_operation_cannot_be_settled(partner: Keys) -> None:
    bucket(partner.partner, 800)
    with transaction.atomic():
        operation = start(partner)
        transaction.set_rollback(True)

    assert not refund(operation)
    with pytest.raises(Interrupted):
        succeed(operation)


def test_prices_are_rows(live_db: None) -> None:
    prices = {
        (price.tier_id, price.action, price.mode): price.points
        for price in OperationPrice.objects.all()
    }
    assert len(prices) == 12
    assert prices["growth", "enhance", "fast"] == 725
