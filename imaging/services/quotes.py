"""What an image call would take, from which buckets, without taking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.models import PRICES_IN_FORCE
from billing.spending import SPENDING, SpendLimit, find_reached, limits_of
from config.db.statements import fetch_row


@dataclass(frozen=True, slots=True)
class BucketPoints:
    """Points of one bucket, in hundredths: all that it has, or what a call would take of it."""

    bucket_id: str
    package_code: str
    tier: str
    points: int


@dataclass(frozen=True, slots=True)
class CallQuote:
    """The price of a call in hundredths of a point; `draws` is empty if the balance is too low.

    `spend_limits` are those of the key.
    """

    tier: str
    price: int
    balance: int
    draws: list[BucketPoints]
    calls_left: int
    spend_limits: Sequence[SpendLimit] = ()

    @property
    def reached(self) -> SpendLimit | None:
        """Return the limit that the call would exceed."""
        return find_reached(self.spend_limits, self.price)

    @property
    def balance_after(self) -> int | None:
        return self.balance - self.price if self.draws else None


_BUCKETS_AND_PRICES = f"""
    SELECT (
        SELECT coalesce(json_agg(
            json_build_array(id, coalesce(package_id, 'grant'), tier_id, remaining - held)
            ORDER BY purchased_at, id), '[]')
        FROM billing_pointbucket WHERE partner_id = $1 AND remaining > held
    ) AS buckets, (
        SELECT json_agg(json_build_array(tier.name, price.points) ORDER BY position)
        FROM billing_tier tier JOIN {PRICES_IN_FORCE} price ON price.tier_id = tier.name
        WHERE action = $3 AND mode = $4
    ) AS prices, {SPENDING}
"""  # noqa: S608 - no value comes from outside


def quote_call(*, partner_id: str, key_id: str, action: str, mode: str) -> CallQuote:
    """Quote one call of a key at this moment, by the rules of `billing_charge`."""
    row = fetch_row(_BUCKETS_AND_PRICES, [partner_id, key_id, action, mode])
    assert row
    buckets = [BucketPoints(*bucket) for bucket in row["buckets"]]
    return replace(quote(buckets, dict(row["prices"])), spend_limits=limits_of(row["spending"]))


def quote(buckets: Sequence[BucketPoints], prices: Mapping[str, int]) -> CallQuote:
    """Quote from buckets with points, oldest first, and prices by tier, cheapest entry first."""
    tier = buckets[0].tier if buckets else next(iter(prices))
    balance = sum(bucket.points for bucket in buckets)
    price = prices[tier]
    draws = list(_draw(buckets, price)) if balance >= price else []
    return CallQuote(tier, price, balance, draws, count_calls(buckets, prices))


def count_calls(buckets: Sequence[BucketPoints], prices: Mapping[str, int]) -> int:
    """Return how many such calls the buckets pay, one after the other.

    Each call has the price of the oldest bucket with points, whose rest the next buckets make up.
    """
    calls = missing = 0
    for bucket in buckets:
        points = bucket.points - missing
        missing = 0
        if points <= 0:
            missing = -points
            continue
        full, rest = divmod(points, prices[bucket.tier])
        calls += full
        if rest:
            calls += 1
            missing = prices[bucket.tier] - rest
    return calls - 1 if missing else calls


def _draw(buckets: Sequence[BucketPoints], due: int) -> Iterator[BucketPoints]:
    for bucket in buckets:
        taken = min(bucket.points, due)
        yield BucketPoints(bucket.bucket_id, bucket.package_code, bucket.tier, taken)
        due -= taken
        if not due:
            return
