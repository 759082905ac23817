"""What `usage` tells: read from daily rollups and buckets, never by counting operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import F, Sum

from billing.models import Charge, DailyUsage, OperationPrice, PointBucket, Tier

#: tier → (action, mode) → hundredths of a point
PriceTable = dict[str, dict[tuple[str, str], int]]


@dataclass(frozen=True, slots=True)
class UsageStatistics:
    """Points in hundredths; `buckets` are those with points left, oldest first."""

    creations: int
    enhancements: int
    balance: int
    total_used: int
    month: str
    used_this_month: int
    buckets: list[PointBucket]
    prices: PriceTable


def read_usage(partner_id: str) -> UsageStatistics:
    """Live calls of the last 30 UTC days, today included, and where the points stand."""
    today = datetime.now(UTC).date()
    calls = _calls_since(partner_id, today - timedelta(days=29))
    buckets = PointBucket.objects.filter(partner_id=partner_id)
    # What was refunded as a whole is empty, and nobody has used it.
    totals = buckets.kept().aggregate(
        balance=Sum("remaining", default=0), used=Sum(F("original") - F("remaining"), default=0)
    )
    return UsageStatistics(
        creations=calls.get(OperationPrice.Action.CREATE, 0),
        enhancements=calls.get(OperationPrice.Action.ENHANCE, 0),
        balance=totals["balance"],
        total_used=totals["used"] - _reserved(partner_id),
        month=f"{today:%Y-%m}",
        used_this_month=_points_since(partner_id, today.replace(day=1)),
        buckets=list(buckets.with_points().in_burn_order()),
        prices=read_prices(),
    )


def _reserved(partner_id: str) -> int:
    """Points of calls under way: taken from the buckets, and not used before they succeed."""
    reserved = Charge.objects.reserved().filter(partner_id=partner_id)
    return int(reserved.aggregate(cost=Sum("cost", default=0))["cost"])


def read_prices() -> PriceTable:
    """All tiers in their order."""
    table: PriceTable = {tier.name: {} for tier in Tier.objects.all()}
    for price in OperationPrice.objects.all():
        table[price.tier_id][price.action, price.mode] = price.points
    return table


def _calls_since(partner_id: str, first: date) -> dict[str, int]:
    rows = (
        DailyUsage.objects.filter(partner_id=partner_id, day__gte=first, is_test=False)
        .order_by()
        .values_list("action")
        .annotate(Sum("succeeded"))
    )
    return dict(rows)


def _points_since(partner_id: str, first: date) -> int:
    usage = DailyUsage.objects.filter(partner_id=partner_id, day__gte=first)
    return int(usage.aggregate(points=Sum("points", default=0))["points"])
