"""POST /partner/v1/image/quote: what a call would take, from where, without taking it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.models import LedgerEntry, PointBucket
from imaging.models import ImageOperation
from imaging.services.quotes import BucketPoints, quote
from tests.billing.fifo import Bucket, Draw, draw
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT

QUOTE = "/partner/v1/image/quote"
Send = Callable[..., Any]
#: Few points, so that buckets run out in the middle of a call.
POINTS = st.integers(1, 4_000)
TIERS = ("starter", "growth", "scale")


def test_a_quote_names_price_buckets_and_balance_and_moves_nothing(
    live_db: None, post: Send
) -> None:
    keys = partner_with_keys()
    first, second = bucket(keys.partner, 1_100), bucket(keys.partner, 10_000, "growth")

    body = post(QUOTE, {**PROMPT, "mode": "thinking"}, keys.live).json()

    assert is_timestamp(body.pop("timestamp"))
    assert body == {
        "success": True,
        "message": "Success",
        "data": {
            "operation": "create",
            "mode": "thinking",
            "aspectRatio": "1:1",
            "resolution": "1k",
            "tier": "starter",
            "price": 15,
            "balance": 111,
            "balanceAfter": 96,
            "buckets": [
                {"bucketId": first.id, "packageId": "grant", "tier": "starter", "points": 11},
                {"bucketId": second.id, "packageId": "grant", "tier": "growth", "points": 4},
            ],
            "callsLeft": 7,
            "refusal": None,
            "spendLimits": {"day": None, "month": None},
        },
    }
    assert not ImageOperation.objects.exists()
    assert sum(PointBucket.objects.values_list("remaining", flat=True)) == 11_100


def test_the_call_takes_what_was_quoted(live_db: None, post: Send) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 300, "scale")
    quoted = post(QUOTE, PROMPT, keys.live).json()["data"]

    called = post(CREATE, PROMPT, keys.live).json()["data"]

    taken = LedgerEntry.objects.filter(kind="charge").order_by("id")
    assert [(each.bucket_id, -each.points / 100) for each in taken] == [
        (each["bucketId"], each["points"]) for each in quoted["buckets"]
    ]
    assert called["pointsUsed"] == quoted["price"]
    assert called["remainingBalance"] == quoted["balanceAfter"] == 0


def test_an_enhance_is_validated_and_priced_as_one(keys: Keys, post: Send) -> None:
    images = ["https://example.com/a.png"]

    body = post(QUOTE, {"operation": "enhance", "images": images}, keys.test).json()["data"]
    missing = post(QUOTE, {"operation": "enhance"}, keys.test)

    assert (body["operation"], body["price"], body["testMode"]) == ("enhance", 8, True)
    assert_error(missing, 400, "At least one image URL is required in the 'images' array")


def test_too_few_points_are_no_error(live_db: None, post: Send) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 100)

    data = post(QUOTE, PROMPT, keys.live).json()["data"]

    assert (data["tier"], data["price"], data["balance"]) == ("starter", 8, 1)
    assert (data["balanceAfter"], data["buckets"], data["callsLeft"]) == (None, [], 0)
    assert data["refusal"] == "insufficient_points"


@pytest.mark.parametrize("operation", ["upscale", "", 1, ["create"], {}])
def test_an_unknown_operation_is_refused(keys: Keys, post: Send, operation: object) -> None:
    response = post(QUOTE, {**PROMPT, "operation": operation}, keys.live)

    error = assert_error(response, 400, "operation must be create or enhance")
    assert error["field"] == "operation"


@given(
    st.lists(st.tuples(st.sampled_from(TIERS), POINTS), max_size=6),
    st.lists(st.integers(100, 1_500), min_size=3, max_size=3),
)
def test_as_many_calls_are_left_as_can_be_charged(
    points: list[tuple[str, int]], costs: list[int]
) -> None:
    prices = dict(zip(TIERS, costs, strict=True))
    left = [Bucket(str(number), tier, held) for number, (tier, held) in enumerate(points)]
    quoted = quote([BucketPoints(b.id, "grant", b.tier, b.remaining) for b in left], prices)
    first = draw(left, prices)

    charged = 0
    while isinstance(made := draw(left, prices), Draw):
        taken = {line.bucket_id: line.points for line in made.lines}
        left = [Bucket(b.id, b.tier, b.remaining - taken.get(b.id, 0)) for b in left]
        charged += 1

    assert quoted.calls_left == charged
    assert (quoted.tier, quoted.price) == (first.tier, first.cost)
    lines = first.lines if isinstance(first, Draw) else ()
    assert [(each.bucket_id, each.points) for each in quoted.draws] == [
        (line.bucket_id, line.points) for line in lines
    ]
