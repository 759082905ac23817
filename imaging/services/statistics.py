"""Usage statistics, read from daily rollups and buckets instead of counting operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.models import PRICES_IN_FORCE
from config.db.statements import fetch_row

#: tier → (action, mode) → hundredths of a point
PriceTable = dict[str, dict[tuple[str, str], int]]


@dataclass(frozen=True, slots=True)
class ActiveBucket:
    """A bucket with points left, in hundredths."""

    package_code: str
    tier: str
    remaining: int
    original: int
    purchased_at: datetime


@dataclass(frozen=True, slots=True)
class UsageStatistics:
    """Points in hundredths; `buckets` are those with points left, oldest first."""

    creations: int
    enhancements: int
    balance: int
    total_used: int
    month: str
    used_this_month: int
    buckets: list[ActiveBucket]
    prices: PriceTable


# One statement: seven, each with its round trip, took three times as long as a test call. Held
# points cannot be spent, and those that were taken back were not used. Points of calls in progress
# have left their buckets, but count as used only when the calls succeed.
_USAGE = f"""
    WITH today AS (
        SELECT day - 29 AS since, date_trunc('month', day)::date AS month
        FROM (SELECT accounts_local_time($1, clock_timestamp())::date AS day) company
    )
    SELECT to_char(today.month, 'YYYY-MM') AS month,
           calls.creations, calls.enhancements, calls.used_this_month,
           points.balance, points.used - reserved.cost AS total_used, points.buckets, prices.prices
    FROM today, (
        SELECT coalesce(sum(succeeded) FILTER (WHERE is_recent AND action = 'create'), 0)
                   AS creations,
               coalesce(sum(succeeded) FILTER (WHERE is_recent AND action = 'enhance'), 0)
                   AS enhancements,
               coalesce(sum(points) FILTER (WHERE day >= today.month), 0)::bigint AS used_this_month
        FROM billing_dailyusage, today, LATERAL (SELECT day >= today.since AS is_recent) recent
        WHERE partner_id = $1 AND day >= least(today.since, today.month) AND NOT is_test
    ) calls, (
        SELECT coalesce(sum(remaining - held) FILTER (WHERE remaining > held), 0)::bigint
                   AS balance,
               coalesce(sum(original - remaining - taken), 0)::bigint AS used,
               coalesce(json_agg(
                   json_build_array(coalesce(package_id, 'grant'), tier_id, remaining - held,
                                    original, purchased_at)
                   ORDER BY purchased_at, id
               ) FILTER (WHERE remaining > held), '[]') AS buckets
        FROM billing_pointbucket
        WHERE partner_id = $1
    ) points, (
        SELECT coalesce(sum(cost), 0)::bigint AS cost
        FROM billing_charge WHERE partner_id = $1 AND state = 'reserved'
    ) reserved, (
        SELECT json_agg(json_build_array(tier.name, action, mode, points) ORDER BY position)
            AS prices
        FROM billing_tier tier LEFT JOIN {PRICES_IN_FORCE} price ON price.tier_id = tier.name
    ) prices
"""  # noqa: S608 - no value comes from outside


def read_usage(partner_id: str) -> UsageStatistics:
    """Return live calls of the last 30 days of the company, today included, and the points."""
    row = fetch_row(_USAGE, [partner_id])
    assert row
    return UsageStatistics(
        creations=row["creations"],
        enhancements=row["enhancements"],
        balance=row["balance"],
        total_used=row["total_used"],
        month=row["month"],
        used_this_month=row["used_this_month"],
        buckets=[
            ActiveBucket(code, tier, remaining, original, datetime.fromisoformat(purchased_at))
            for code, tier, remaining, original, purchased_at in row["buckets"]
        ],
        prices=_price_table(row["prices"]),
    )


def _price_table(rows: list[tuple[str, str | None, str | None, int]]) -> PriceTable:
    table: PriceTable = {}
    for tier, action, mode, points in rows:
        table.setdefault(tier, {})
        if action and mode:
            table[tier][action, mode] = points
    return table
