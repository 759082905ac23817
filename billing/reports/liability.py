"""Points that are paid for and not used yet, at the end of any day.

What was left in a bucket then is what is left now without the entries since: the ledger's own
proof is that a bucket holds the sum of its entries. A point counts with the price paid for it
before tax, rounded to a paisa per bucket; granted points have no price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from billing.gst import day_bounds
from billing.labels import tier_title
from billing.models import LedgerEntry, Tier
from billing.reports.files import report_file
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Kind, Row, Table, add_up

#: As `width_bucket` numbers the ages of buckets.
_AGES = ("Up to 30 days", "31 to 90 days", "91 to 180 days", "181 to 365 days", "Over 365 days")
_BUCKETS = """
    WITH since AS (
        SELECT bucket_id, sum(points) AS points FROM billing_ledgerentry
        WHERE created_at >= %(until)s GROUP BY 1
    ), buckets AS (
        SELECT b.id, b.partner_id, b.tier_id, b.purchased_at, p.amount_paise, p.points,
            b.remaining - coalesce(since.points, 0) AS left_points
        FROM billing_pointbucket b
        LEFT JOIN since ON since.bucket_id = b.id
        LEFT JOIN billing_purchase p ON p.bucket_id = b.id
        WHERE b.remaining > 0 OR since.points IS NOT NULL
    )
    SELECT tier_id, width_bucket(
            greatest(floor(extract(epoch FROM %(until)s - purchased_at) / 86400), 0)::int,
            ARRAY[31, 91, 181, 366]) AS age,
        count(*), coalesce(sum(left_points) FILTER (WHERE points IS NOT NULL), 0)::bigint,
        coalesce(sum(left_points) FILTER (WHERE points IS NULL), 0)::bigint,
        coalesce(sum(round(left_points * amount_paise::numeric / points)), 0)::bigint
    FROM buckets WHERE left_points > 0 GROUP BY 1, 2
"""
_MOVEMENTS = """
    SELECT b.tier_id, e.kind, e.kind = 'credit' AND p.id IS NULL, sum(e.points)::bigint
    FROM billing_ledgerentry e
    JOIN billing_pointbucket b ON b.id = e.bucket_id
    LEFT JOIN billing_purchase p ON p.bucket_id = b.id AND e.kind = 'credit'
    WHERE e.created_at >= %(since)s AND e.created_at < %(until)s GROUP BY 1, 2, 3
"""
_MEASURES = (
    Column("buckets", "Buckets", Kind.COUNT),
    Column("points_paid_for", "Points paid for", Kind.POINTS),
    Column("points_granted", "Points granted", Kind.POINTS),
    Column("liability", "Liability", Kind.MONEY),
)
BY_TIER = (Column("tier", "Tier"), *_MEASURES)
BY_AGE = (Column("age", "Age of the points"), *_MEASURES)
BY_TIER_AND_AGE = (Column("tier", "Tier"), *BY_AGE)
MOVEMENTS = (
    Column("tier", "Tier"),
    Column("opening", "Opening", Kind.POINTS),
    Column("bought", "Bought", Kind.POINTS),
    Column("granted", "Granted", Kind.POINTS),
    Column("used", "Used", Kind.POINTS),
    Column("refunded_calls", "Refunds of requests", Kind.POINTS),
    Column("taken_back", "Taken back", Kind.POINTS),
    Column("debts_settled", "Debts settled", Kind.POINTS),
    Column("corrections", "Corrections", Kind.POINTS),
    Column("closing", "Closing", Kind.POINTS),
)


@dataclass(frozen=True, slots=True)
class Liability:
    """What was left at the end of `day`, by tier and age: buckets, points paid for, points
    granted, and paise."""

    day: date
    groups: dict[tuple[str, int], tuple[int, int, int, int]]

    @property
    def paise(self) -> int:
        return sum(group[3] for group in self.groups.values())

    @property
    def points(self) -> int:
        return sum(paid + granted for _, paid, granted, _ in self.groups.values())

    def by_tier(self) -> Table:
        tiers = [tier.name for tier in Tier.objects.all()]
        rows = [(tier_title(tier), *_add(self._of(tier=tier))) for tier in tiers]
        return Table("By tier", BY_TIER, rows, add_up(BY_TIER, rows), file="liability-at-end")

    def by_age(self) -> Table:
        rows = [(label, *_add(self._of(age=age))) for age, label in enumerate(_AGES)]
        return Table("By age", BY_AGE, rows, add_up(BY_AGE, rows), file="liability-at-end")

    def rows(self) -> Iterator[Row]:
        for (tier, age), group in sorted(self.groups.items()):
            yield tier_title(tier), _AGES[age], *group

    def points_of(self, tier: str) -> int:
        return sum(paid + granted for _, paid, granted, _ in self._of(tier=tier))

    def _of(self, tier: str = "", age: int | None = None) -> list[tuple[int, int, int, int]]:
        return [
            group
            for (group_tier, group_age), group in self.groups.items()
            if group_tier == (tier or group_tier) and age in (None, group_age)
        ]


def read_liability(day: date) -> Liability:
    """Read it in one query; a day that is not over counts until now."""
    until = day_bounds(day, day)[1]
    rows = _fetch(_BUCKETS, {"until": until})
    return Liability(day, {(tier, age): tuple(group) for tier, age, *group in rows})


def read_movements(period: ReportPeriod) -> Table:
    """Return how the points of each tier moved in a period, from what was left before it."""
    moved: dict[str, dict[str, int]] = {}
    bounds = {"since": period.since, "until": period.until}
    for tier, kind, is_grant, points in _fetch(_MOVEMENTS, bounds):
        moved.setdefault(tier, {})["grant" if is_grant else kind] = points
    closing = read_liability(period.last)
    rows = [
        _movement(tier.name, moved.get(tier.name, {}), closing.points_of(tier.name))
        for tier in Tier.objects.all()
    ]
    return Table(
        f"Points, {period.label}",
        MOVEMENTS,
        rows,
        add_up(MOVEMENTS, rows),
        file="points-moved",
    )


@report_file("liability-at-end", BY_TIER_AND_AGE)
def liability_rows(period: ReportPeriod) -> Iterable[Row]:
    """Yield the liability at the end of the period."""
    return read_liability(period.last).rows()


@report_file("points-moved", MOVEMENTS)
def movement_rows(period: ReportPeriod) -> Iterable[Row]:
    return read_movements(period).rows


def _movement(tier: str, moved: dict[str, int], closing: int) -> Row:
    kinds = LedgerEntry.Kind
    order = (
        *(kinds.CREDIT, "grant", kinds.CHARGE, kinds.REVERSAL),
        *(kinds.REFUND, kinds.DEBT, kinds.CORRECTION),
    )
    parts = [moved.get(kind, 0) for kind in order]
    return (tier_title(tier), closing - sum(parts), *parts, closing)


def _add(groups: list[tuple[int, int, int, int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*groups, strict=True))) if groups else (0, 0, 0, 0)


def _fetch(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
