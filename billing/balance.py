"""A partner's balance, its buckets in the order of use, and the current tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least

from accounts.models import Partner
from billing.models import LedgerEntry, PointBucket
from billing.models.ledger import IN_ORDER

#: Further open buckets are summed up below the list.
_MOST_OPEN = 50
_MOST_SPENT = 20


@dataclass(frozen=True, slots=True)
class Balance:
    """Points in hundredths. `open` are the buckets with points to spend, oldest first, `open_count`
    all of them; `spent` the last ones used up, newest first, read where they are shown.

    `frozen` points are not in `points`; a debt of `owed` points is settled by the next purchase.
    """

    points: int
    frozen: int
    owed: int
    open_count: int
    open: list[PointBucket]
    spent: QuerySet[PointBucket]

    @property
    def tier(self) -> str:
        """Return the tier charged now; empty without points."""
        return self.open[0].tier_id if self.open else ""

    @property
    def next_tier(self) -> str:
        """Return the tier that follows, if not all buckets have the same one."""
        return next((bucket.tier_id for bucket in self.open if bucket.tier_id != self.tier), "")

    @property
    def until_next_tier(self) -> int:
        """Return the points left at `tier` before `next_tier` applies."""
        same = takewhile(lambda bucket: bucket.tier_id == self.tier, self.open)
        return sum(bucket.available for bucket in same)

    @property
    def not_shown(self) -> int:
        return self.open_count - len(self.open)


def read_balance(partner: Partner) -> Balance:
    """Read the balance in two queries, however many buckets there are."""
    buckets = PointBucket.objects.of(partner.id)
    with_points = buckets.with_points()
    totals = buckets.aggregate(
        left=Sum("remaining", default=0),
        frozen=Sum(Least("remaining", "held"), default=0),
        owed=Sum("owed", default=0),
        count=Count("id", filter=Q(remaining__gt=F("held"))),
    )
    spent = (
        buckets.kept()
        .select_related("package")
        .filter(remaining=0)
        .order_by("-purchased_at", "-id")
    )
    return Balance(
        points=totals["left"] - totals["frozen"],
        frozen=totals["frozen"],
        owed=totals["owed"],
        open_count=totals["count"],
        open=list(with_points.in_burn_order().select_related("package")[:_MOST_OPEN]),
        spent=spent[:_MOST_SPENT],
    )


def balances_after(partner: Partner, entries: Sequence[LedgerEntry]) -> dict[str, int]:
    """Return the partner's points after each of `entries`, by the entry's id.

    The entries must be consecutive, without gaps. The sum of newer entries is
    subtracted from the balance in one statement, so that a concurrent call cannot interfere.
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
    """Build the subquery of a partner's total."""
    total = rows.order_by().values("partner").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)
