"""Points as they must be: plain Python beside which the database is held."""

from __future__ import annotations

from dataclasses import dataclass, field

from imaging.services import Operation
from tests.billing.fifo import Bucket, Draw, Insufficient, Line, draw, reverse


@dataclass
class ModelCharge:
    """The model's view of an operation; points in hundredths."""

    operation: Operation
    action: str
    mode: str
    fast_cost: int
    lines: tuple[Line, ...]
    state: str = "reserved"
    ran_as: str = ""
    refunded: int = 0

    @property
    def cost(self) -> int:
        return sum(line.points for line in self.lines)


@dataclass
class ModelBucket:
    """`held` points cannot be spent; `owed` ones were spent when their payment went back."""

    tier: str
    original: int
    remaining: int
    held: int = 0
    owed: int = 0
    taken: int = 0

    @property
    def available(self) -> int:
        return max(self.remaining - self.held, 0)


@dataclass
class Model:
    """The partner's points as they must be."""

    buckets: dict[str, ModelBucket] = field(default_factory=dict)
    charges: dict[str, ModelCharge] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        return sum(bucket.available for bucket in self.buckets.values())

    @property
    def owed(self) -> int:
        return sum(bucket.owed for bucket in self.buckets.values())

    def credit(self, bucket_id: str, points: int) -> None:
        """Points of a purchase: what is owed is taken from them first."""
        settled = min(self.owed, points)
        self.buckets[bucket_id] = ModelBucket("starter", points, points - settled)
        for bucket in self.buckets.values():
            part = min(bucket.owed, settled)
            bucket.owed, settled = bucket.owed - part, settled - part

    def take_back(self, bucket_id: str, points: int) -> None:
        bucket = self.buckets[bucket_id]
        taken = min(bucket.remaining, points)
        bucket.remaining, bucket.owed = bucket.remaining - taken, bucket.owed + points - taken

    def correct(self, bucket_id: str, points: int) -> bool:
        """Points that were used come back, or unspent ones count as used."""
        bucket = self.buckets[bucket_id]
        lines = [line for charge in self.reserved for line in charge.lines]
        running = sum(line.points for line in lines if line.bucket_id == bucket_id)
        spent = bucket.original - bucket.remaining - bucket.taken - running
        if not -bucket.available <= points <= spent:
            return False
        bucket.remaining += points
        return True

    def refund_purchase(self, bucket_id: str, *, is_whole: bool) -> bool:
        """Refund a purchase that is unused, or what is unspent of it."""
        bucket = self.buckets[bucket_id]
        if not bucket.remaining or (is_whole and bucket.remaining != bucket.original):
            return False
        bucket.taken += bucket.remaining
        bucket.remaining = 0
        return True

    def draw(self, prices: dict[str, int]) -> Draw | Insufficient:
        rows = [Bucket(key, b.tier, b.available) for key, b in self.buckets.items()]
        return draw(rows, prices)

    def reserve(self, charge: ModelCharge) -> None:
        self.charges[charge.operation.id] = charge
        for line in charge.lines:
            self.buckets[line.bucket_id].remaining -= line.points

    def end(self, charge: ModelCharge, state: str, ran_as: str, back: int) -> None:
        charge.state, charge.ran_as, charge.refunded = state, ran_as, back
        for line in reverse(charge.lines, back):
            bucket = self.buckets[line.bucket_id]
            bucket.remaining += line.points
            kept = min(bucket.owed, line.points)
            bucket.remaining, bucket.owed = bucket.remaining - kept, bucket.owed - kept

    @property
    def reserved(self) -> list[ModelCharge]:
        return [charge for charge in self.charges.values() if charge.state == "reserved"]

    def usage(self) -> dict[str, tuple[int, int, int]]:
        """By action and mode: calls that succeeded, that failed, net points."""
        rows: dict[str, tuple[int, int, int]] = {}
        for charge in self.charges.values():
            if charge.state != "reserved":
                name, is_kept = f"{charge.action} {charge.ran_as}", charge.state == "succeeded"
                kept, failed, points = rows.get(name, (0, 0, 0))
                net = points + charge.cost - charge.refunded
                rows[name] = (kept + is_kept, failed + (not is_kept), net)
        return rows
