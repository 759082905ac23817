"""GET /partner/v1/image/usage: figures that always agree with the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Partner
from billing.models import DailyUsage, Package, PointBucket
from billing.services import Operator, grant_package
from imaging.services.statistics import read_usage
from tests.billing.operations import start
from tests.clocks import moved_clocks
from tests.envelope import is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT, USAGE, balance_of
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood

Send = Callable[..., Any]

PRICES = {
    "starter": (8, 15),
    "growth": (7.25, 14),
    "scale": (6, 11),
}
ALL_PRICES = {
    tier: {
        "tier": tier,
        "createFast": fast,
        "createThinking": thinking,
        "enhanceFast": fast,
        "enhanceThinking": thinking,
    }
    for tier, (fast, thinking) in PRICES.items()
}


def usage_of(get: Send, key: str) -> dict[str, Any]:
    data: dict[str, Any] = get(USAGE, key).json()["data"]
    return data


def test_the_response_is_exactly_as_documented(live_db: None, get: Send) -> None:
    keys = partner_with_keys()
    made = grant_package(
        partner=keys.partner, package=Package.objects.get(pk="pack_25000"), operator=Operator("t")
    )
    purchased = "2025-07-01T00:00:00.000Z"
    PointBucket.objects.filter(pk=made.pk).update(purchased_at=datetime(2025, 7, 1, tzinfo=UTC))

    body = get(USAGE, keys.live).json()

    assert list(body) == ["success", "message", "data", "timestamp"]
    assert (body["success"], body["message"]) == (True, "Success")
    assert is_timestamp(body["timestamp"])
    expected = {
        "last30Days": {"imageCreations": 0, "imageEnhancements": 0, "totalCalls": 0},
        "points": {
            "balance": 25_000,
            "totalUsed": 0,
            "monthlyUsage": {"month": f"{datetime.now(UTC):%Y-%m}", "used": 0},
        },
        "currentPricing": {
            "tier": "growth",
            "imageCreateFast": 7.25,
            "imageCreateThinking": 14,
            "imageEnhanceFast": 7.25,
            "imageEnhanceThinking": 14,
        },
        "activeBuckets": [
            {
                "packageId": "pack_25000",
                "tier": "growth",
                "remainingPoints": 25_000,
                "originalPoints": 25_000,
                "purchasedAt": purchased,
            }
        ],
        "allTierPricing": ALL_PRICES,
        "supportedResolutions": ["1k", "2k", "4k"],
        "defaultResolution": "1k",
    }
    # As text: members in their order, 8 and not 8.0.
    assert json.dumps(body["data"]) == json.dumps(expected)


def test_a_partner_without_points_has_no_current_pricing(live_db: None, get: Send) -> None:
    keys = partner_with_keys()

    data = usage_of(get, keys.live)

    assert data["currentPricing"] is None
    assert data["activeBuckets"] == []
    assert data["points"]["balance"] == 0
    assert set(data["allTierPricing"]) == {"starter", "growth", "scale"}


def test_calls_and_refunds_show_as_what_they_cost_in_the_end(
    live_db: None, get: Send, post: Send, fake: FakeGemini
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)
    bucket(keys.partner, 100_000, "growth")

    assert post(CREATE, PROMPT, keys.live).status_code == 200
    assert post(CREATE, {**PROMPT, "mode": "thinking"}, keys.live).status_code == 200
    fake.text = Mood("busy_503")
    assert post(CREATE, {**PROMPT, "mode": "thinking"}, keys.live).json()["data"]["mode"] == "fast"
    fake.image = Mood("error_500")
    assert post(CREATE, PROMPT, keys.live).status_code == 500
    post(CREATE, PROMPT, keys.test)

    used = 8 + 14 + 7.25
    data = usage_of(get, keys.live)
    assert data["last30Days"] == {"imageCreations": 3, "imageEnhancements": 0, "totalCalls": 3}
    assert data["points"]["totalUsed"] == used
    assert data["points"]["monthlyUsage"]["used"] == used
    assert data["points"]["balance"] == 1008 - used
    assert balance_of(keys.partner) == (1008 - used) * 100
    [active] = data["activeBuckets"]
    assert (active["tier"], active["remainingPoints"]) == ("growth", 1000 - 14 - 7.25)
    assert data["currentPricing"]["tier"] == "growth"


def test_a_refund_revives_an_emptied_bucket_at_its_old_place(
    live_db: None, get: Send, post: Send, fake: FakeGemini
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800, "scale")
    bucket(keys.partner, 10_000, "starter")
    fake.image = Mood("error_500")

    assert post(CREATE, PROMPT, keys.live).status_code == 500

    data = usage_of(get, keys.live)
    assert [active["tier"] for active in data["activeBuckets"]] == ["scale", "starter"]
    assert data["activeBuckets"][0]["remainingPoints"] == 8


def test_buckets_are_listed_oldest_first_and_only_while_they_hold_points(
    live_db: None, get: Send
) -> None:
    keys = partner_with_keys()
    made = [bucket(keys.partner, 1_000 + n) for n in range(3)]
    newest = datetime.now(UTC)
    for age, row in zip((1, 3, 2), made, strict=True):
        PointBucket.objects.filter(pk=row.pk).update(purchased_at=newest - timedelta(days=age))

    points = [row["remainingPoints"] for row in usage_of(get, keys.live)["activeBuckets"]]

    assert points == [10.01, 10.02, 10]


def row_of(keys: Keys, day: datetime, **fields: Any) -> DailyUsage:
    values = {"action": "create", "mode": "fast", "succeeded": 1, "points": 800, **fields}
    return DailyUsage(partner=keys.partner, key=keys.key("live"), day=day.date(), **values)


def test_thirty_days_are_counted_and_the_month_is_the_calendars(keys: Keys, get: Send) -> None:
    today = datetime.now(UTC)
    DailyUsage.objects.bulk_create(
        [
            row_of(keys, today, succeeded=1, points=800),
            row_of(keys, today - timedelta(days=29), succeeded=10, mode="thinking", points=0),
            row_of(keys, today - timedelta(days=30), succeeded=100, mode="thinking", points=0),
            row_of(keys, today.replace(day=1) - timedelta(days=1), action="enhance", points=5),
        ]
    )

    data = usage_of(get, keys.live)

    assert data["last30Days"]["imageCreations"] == 11
    assert data["points"]["monthlyUsage"] == {"month": f"{today:%Y-%m}", "used": 8}


def test_on_the_31st_the_month_has_a_day_more_than_the_thirty(keys: Keys) -> None:
    DailyUsage.objects.bulk_create(
        [
            row_of(keys, datetime(2026, 9, 30, tzinfo=UTC), mode="thinking"),
            row_of(keys, datetime(2026, 10, 1, tzinfo=UTC)),
            row_of(keys, datetime(2026, 10, 2, tzinfo=UTC)),
        ]
    )

    with moved_clocks(datetime(2026, 10, 31, 23, tzinfo=UTC)):
        usage = read_usage(keys.partner.id)

    assert (usage.creations, usage.month, usage.used_this_month) == (1, "2026-10", 1600)


def test_other_partners_calls_and_points_are_not_seen(keys: Keys, get: Send, post: Send) -> None:
    post(CREATE, PROMPT, keys.live)
    stranger = partner_with_keys()

    data = usage_of(get, stranger.live)

    assert data["last30Days"]["totalCalls"] == 0
    assert data["points"]["totalUsed"] == 0
    assert data["activeBuckets"] == []
    assert Partner.objects.count() == 2


def test_usage_takes_no_points_and_no_more_queries_for_more_rows(keys: Keys, get: Send) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert get(USAGE, keys.live).status_code == 200
        return len(captured)

    one = queries()
    for _ in range(3):
        bucket(keys.partner, 100)
    DailyUsage.objects.bulk_create(
        row_of(keys, datetime.now(UTC) - timedelta(days=n)) for n in range(25)
    )

    assert queries() == one
    assert PointBucket.objects.filter(partner=keys.partner, remaining__gt=0).count() == 4


def test_points_of_a_call_under_way_are_neither_used_nor_left(keys: Keys, get: Send) -> None:
    start(keys)

    points = get(USAGE, keys.live).json()["data"]["points"]

    assert points["balance"] == 992
    assert points["totalUsed"] == points["monthlyUsage"]["used"] == 0
