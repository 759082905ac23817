"""Spend limits of live keys: exact, by the day and the month in UTC, net of refunds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import ApiKey, Partner
from accounts.services.authorization import Admission
from accounts.services.key_rules import SpendsNothing
from accounts.services.keys import create_key
from accounts.services.rolling import roll_key
from billing.models import KeySpending
from billing.services import check_ledger
from billing.spending import read_spend_limits
from imaging.models import ImageOperation
from imaging.services import InsufficientPoints, Operation, SpendLimitReached, start_operation
from tests.billing.operations import image_request_of, refund, start, succeed
from tests.billing.parallel import only, race
from tests.billing.spending import FAST, MODES, THINKING, limit, spent_of
from tests.envelope import assert_error
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, ENHANCE, PROMPT

Send = Callable[..., Any]

QUOTE, ME = "/partner/v1/image/quote", "/partner/v1/me"

ENHANCE_BODY = {"images": ["https://images.invalid/a.png"]}


def test_a_limit_refuses_with_its_figures_and_takes_nothing(keys: Keys, post: Send) -> None:
    limit(keys, day=20, month=1000)
    assert [post(CREATE, PROMPT, keys.live).status_code for _ in range(2)] == [200, 200]

    response = post(CREATE, PROMPT, keys.live)

    error = assert_error(response, 402, "Spend limit of this API key reached: 20 points per day")
    midnight = datetime.now(UTC).date() + timedelta(days=1)
    assert {name: error[name] for name in ("code", "required", "period", "limit", "spent")} == {
        "code": "spend_limit_reached",
        "required": 8,
        "period": "day",
        "limit": 20,
        "spent": 16,
    }
    assert error["resetsAt"] == f"{midnight.isoformat()}T00:00:00.000Z"
    assert ImageOperation.objects.count() == 2
    assert check_ledger().ok


def test_the_month_is_named_if_both_are_reached(keys: Keys, post: Send) -> None:
    limit(keys, day=1, month=7)

    error = assert_error(
        post(CREATE, PROMPT, keys.live),
        402,
        "Spend limit of this API key reached: 7 points per month",
    )

    assert error["resetsAt"].endswith("-01T00:00:00.000Z")


def test_an_enhance_and_a_retried_call_are_refused_before_anything_is_fetched(
    keys: Keys, post: Send
) -> None:
    limit(keys, day=7)

    for response in (
        post(ENHANCE, ENHANCE_BODY, keys.live),
        post(CREATE, PROMPT, keys.live, **{"idempotency-key": "once"}),
    ):
        assert_error(response, 402, "Spend limit of this API key reached: 7 points per day")


def test_without_points_the_balance_is_what_is_missing(live_db: None, post: Send) -> None:
    keys = partner_with_keys()
    limit(keys, day=1)

    error = assert_error(
        post(CREATE, PROMPT, keys.live),
        402,
        "Insufficient points. Required: 8 (starter tier, fast mode), Available: 0. "
        "Please top up your account.",
    )

    assert error["code"] == "insufficient_points"


def test_me_and_quote_tell_what_is_left(keys: Keys, post: Send, get: Send) -> None:
    limit(keys, day=20, month=100)
    post(CREATE, PROMPT, keys.live)

    quotes = [post(QUOTE, {**PROMPT, "mode": mode}, keys.live).json() for mode in MODES]
    reported = get(ME, keys.live).json()["data"]["limits"]["spending"]

    assert [each["data"]["refusal"] for each in quotes] == [None, "spend_limit_reached"]
    assert reported == quotes[0]["data"]["spendLimits"]
    names = ("limit", "spent", "remaining")
    assert {period: [reported[period][name] for name in names] for period in reported} == {
        "day": [20, 8, 12],
        "month": [100, 8, 92],
    }
    assert get(ME, keys.test).json()["data"]["limits"]["spending"] == {"day": None, "month": None}


def test_only_live_keys_have_limits(keys: Keys) -> None:
    with pytest.raises(SpendsNothing):
        create_key(partner=keys.partner, environment="test", actor="test", points_per_day=5)
    with pytest.raises(IntegrityError):
        ApiKey.objects.filter(pk=keys.key("test").pk).update(points_per_month=5)


def test_a_key_without_limits_is_not_counted_until_it_gets_one(keys: Keys) -> None:
    kept, running, failed = [start(keys, mode="thinking") for _ in range(3)]
    succeed(kept, "fast")
    refund(failed)
    assert not KeySpending.objects.exists()

    limit(keys, day=31)
    assert spent_of(keys) == {"day": FAST + THINKING}
    start(keys)
    refund(running)

    assert spent_of(keys) == {"day": 2 * FAST}
    limit(keys)
    start(keys)
    limit(keys, day=31)
    assert spent_of(keys) == {"day": 3 * FAST}


def test_a_new_day_and_a_new_month_begin_with_nothing_spent(keys: Keys) -> None:
    limit(keys, day=20, month=100)
    start(keys)
    KeySpending.objects.update(day="2026-01-31", month="2026-01-01")

    assert spent_of(keys) == {"day": 0, "month": 0}


def test_a_limit_is_of_days_in_the_companys_own_time_zone(live_db: None) -> None:
    key = limit(partner_with_keys(), day=20)
    Partner.with_sandboxes.filter(pk=key.partner_id).update(time_zone="Asia/Singapore")

    assert [each.time_zone for each in read_spend_limits(key.partner_id, key.pk)] == [
        "Asia/Singapore"
    ]


def test_a_rolled_key_spends_from_the_same_allowance(keys: Keys) -> None:
    old = limit(keys, day=16)
    started = start(keys)
    new = roll_key(key=old, overlap=timedelta(hours=1), actor="test").key
    by_new = partial(start_with, keys, new)

    by_new()
    with pytest.raises(SpendLimitReached):
        by_new()
    refund(started)

    assert by_new()


def test_each_key_has_an_allowance_of_its_own(keys: Keys) -> None:
    first = limit(keys, day=16)
    start(keys)
    succeed(start(keys))
    second = create_key(
        partner=keys.partner, environment="live", actor="test", points_per_day=24
    ).key

    def spent() -> list[int]:
        both = (read_spend_limits(keys.partner.pk, key.pk) for key in (first, second))
        return [each.spent for limits in both for each in limits]

    operations = [start_with(keys, second) for _ in range(2)]
    assert spent() == [2 * FAST, 2 * FAST]
    refund(operations[0])

    assert spent() == [2 * FAST, FAST]
    assert start_with(keys, second)


def start_with(keys: Keys, key: ApiKey) -> Operation:
    caller = Admission(None, keys.partner.id, keys.partner.name, key.id, "live", None, None, None)
    return start_operation(admission=caller, image_request=image_request_of())


@pytest.mark.parametrize("is_first", [True, False])
def test_calls_at_once_spend_exactly_the_limit(keys: Keys, is_first: bool) -> None:
    limit(keys, day=40)
    allowed = 5
    if not is_first:
        start(keys)
        allowed -= 1

    results = race(*[partial(start, keys)] * 16)

    assert len(only(SpendLimitReached, results)) == allowed
    assert spent_of(keys) == {"day": 4_000}


def test_insufficient_points_are_no_spending(live_db: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 100)
    limit(keys, day=100, month=100)

    with pytest.raises(InsufficientPoints):
        start(keys)

    assert spent_of(keys) == {"day": 0, "month": 0}
