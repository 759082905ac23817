"""The response body of `usage`, member by member as documented."""

from __future__ import annotations

from typing import Any

from billing.points import to_number
from config.api.timestamps import timestamp
from imaging.api.representations import success
from imaging.services.statistics import ActiveBucket, UsageStatistics


def usage(statistics: UsageStatistics, *, is_test: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "last30Days": {
            "imageCreations": statistics.creations,
            "imageEnhancements": statistics.enhancements,
            "totalCalls": statistics.creations + statistics.enhancements,
        },
        "points": {
            "balance": to_number(statistics.balance),
            "totalUsed": to_number(statistics.total_used),
            "monthlyUsage": {
                "month": statistics.month,
                "used": to_number(statistics.used_this_month),
            },
        },
        "currentPricing": _current_pricing(statistics),
        "activeBuckets": [_bucket(bucket) for bucket in statistics.buckets],
        "allTierPricing": {
            tier: {"tier": tier, **_prices(prices)} for tier, prices in statistics.prices.items()
        },
        "supportedResolutions": ["1k", "2k", "4k"],
        "defaultResolution": "1k",
    }
    if is_test:
        data["testMode"] = True
    return success(data)


def _current_pricing(statistics: UsageStatistics) -> dict[str, Any] | None:
    if not statistics.buckets:
        return None
    tier = statistics.buckets[0].tier
    names = {
        f"image{name[0].upper()}{name[1:]}": value
        for name, value in _prices(statistics.prices[tier]).items()
    }
    return {"tier": tier, **names}


def _prices(prices: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        f"{action}{mode.capitalize()}": to_number(prices[action, mode])
        for action in ("create", "enhance")
        for mode in ("fast", "thinking")
    }


def _bucket(bucket: ActiveBucket) -> dict[str, Any]:
    return {
        "packageId": bucket.package_code,
        "tier": bucket.tier,
        "remainingPoints": to_number(bucket.remaining),
        "originalPoints": to_number(bucket.original),
        "purchasedAt": timestamp(bucket.purchased_at),
    }
