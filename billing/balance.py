"""What a partner has and what it means: balance, buckets in burn order, the tier in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Partner
from billing.models import LedgerEntry, PointBucket
from billing.models.ledger import IN_ORDER

#: More open buckets than this are summed up below the list.
_MOST_OPEN = 50
_MOST_SPENT = 20


@dataclass(frozen=True, slots=True)
class Balance:
    """Points in hundredths. `open` are the buckets with points, oldest first, `open_count` all of
    them; `spent` the last ones that were used up, the newest first."""

    points: int
    open_count: int
    open: list[PointBucket]
    spent: list[PointBucket]

    @property
    def tier(self) -> str:
        """The one whose prices are charged now; empty without points."""
        return self.open[0].tier_id if self.open else ""

    @property
    def next_tier(self) -> str:
        """The one that follows, where the buckets are not all of one tier."""
        return next((bucket.tier_id for bucket in self.open if bucket.tier_id != self.tier), "")

    @property
    def until_next_tier(self) -> int:
        """Points that are charged at `tier` before `next_tier` begins."""
        same = takewhile(lambda bucket: bucket.tier_id == self.tier, self.open)
        return sum(bucket.remaining for bucket in same)

    @property
    def not_shown(self) -> int:
        return self.open_count - len(self.open)


def read_balance(partner: Partner) -> Balance:
    """In three queries, however many buckets there are."""
    buckets = PointBucket.objects.of(partner.id)
    with_points = buckets.with_points()
    totals = with_points.aggregate(points=Sum("remaining", default=0), count=Count("id"))
    spent = buckets.kept().filter(remaining=0).order_by("-purchased_at", "-id")
    return Balance(
        points=totals["points"],
        open_count=totals["count"],
        open=list(with_points.in_burn_order()[:_MOST_OPEN]),
        spent=list(spent[:_MOST_SPENT]),
    )


def balances_after(partner: Partner, entries: Sequence[LedgerEntry]) -> dict[str, int]:
    """The partner's points after each of `entries`, by the entry's id.

    The entries are neighbours: of a list that leaves none out. What is newer than all of them is
    taken off today's balance in one statement, so that a call at this moment cannot come between.
    """
    if not entries:
        return {}
    newest_first = sorted(entries, key=IN_ORDER.position_of, reverse=True)
    newest = IN_ORDER.position_of(newest_first[0])
    newer = IN_ORDER.sort(LedgerEntry.objects.of(OuterRef("pk")), after=newest)
    buckets = PointBucket.objects.of(OuterRef("pk"))
    balance = (
        Partner.objects.filter(pk=partner.pk)
        .values_list(_sum(buckets, "remaining") - _sum(newer, "points"), flat=True)
        .get()
    )
    balances = {}
    for entry in newest_first:
        balances[entry.pk] = balance
        balance -= entry.points
    return balances


def _sum(rows: QuerySet[Any], field: str) -> Coalesce:
    """A partner's total as part of a query on partners."""
    total = rows.order_by().values("partner").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)
