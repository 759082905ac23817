"""First in, first out over point buckets: the rule that `billing_charge` implements in SQL.

Pure functions, kept as the oracle that property tests hold the database against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """Points of one purchase, in hundredths; buckets come oldest first."""

    id: str
    tier: str
    remaining: int


@dataclass(frozen=True, slots=True)
class Line:
    """Points drawn from, or given back to, one bucket."""

    bucket_id: str
    points: int


@dataclass(frozen=True, slots=True)
class Draw:
    """The points that a charge takes, and the tier that sets its price."""

    tier: str
    cost: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Insufficient:
    """The buckets together hold less than the cost."""

    tier: str
    cost: int
    available: int


def draw(
    buckets: Sequence[Bucket], prices: Mapping[str, int], cheapest_entry: str = "starter"
) -> Draw | Insufficient:
    """Charges one operation: the oldest bucket with points sets the price, the next ones help out.

    `prices` is the cost by tier. Without any points the refusal names `cheapest_entry`'s price.
    """
    full = [bucket for bucket in buckets if bucket.remaining > 0]
    tier = full[0].tier if full else cheapest_entry
    cost = prices[tier]
    available = sum(bucket.remaining for bucket in full)
    if available < cost:
        return Insufficient(tier, cost, available)
    return Draw(tier, cost, tuple(_take(full, cost)))


def reverse(lines: Sequence[Line], points: int) -> tuple[Line, ...]:
    """Undoes the last `points` of a draw: what came last goes back first.

    What stays drawn is then what a charge of that smaller cost would have drawn.
    """
    return tuple(_take([Bucket(x.bucket_id, "", x.points) for x in reversed(lines)], points))


def _take(buckets: Iterable[Bucket], points: int) -> Iterable[Line]:
    for bucket in buckets:
        if points <= 0:
            return
        taken = min(points, bucket.remaining)
        yield Line(bucket.id, taken)
        points -= taken
