"""What image requests of the past cost: the rows that the product's SQL would have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import Partner
from billing.models import Charge, LedgerEntry, OperationPrice, PointBucket
from tests.billing.chains import without_triggers
from tests.billing.fifo import Bucket, Draw, Line, draw, reverse
from tests.usage_data import Row, copy_rows

#: Hundredths of a point that are left of the newest bucket, for staff to correct.
_KEPT = 15_000


@dataclass(frozen=True, slots=True)
class Use:
    """An image request of the past; one that asked for `mode` may have been made in fast mode."""

    id: str
    at: datetime
    key_id: str
    is_test: bool
    action: str
    mode: str
    made_in: str
    milliseconds: int
    failure: str = ""

    @property
    def ended_at(self) -> datetime:
        return self.at + timedelta(milliseconds=self.milliseconds)


class Books:
    """Charges requests in the order of time, oldest bucket first, and writes all at the end."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner
        rows = list(PointBucket.objects.of(partner.pk).in_burn_order())
        self._buckets = [Bucket(row.pk, row.tier_id, row.available) for row in rows]
        self._since = {row.pk: row.purchased_at for row in rows}
        self._used: dict[str, int] = {}
        self._prices = _prices()
        self._charges: list[Row] = []
        self._entries: list[Row] = []
        if self._buckets:
            newest = self._buckets[-1]
            kept = min(_KEPT, newest.remaining // 2)
            self._buckets[-1] = replace(newest, remaining=newest.remaining - kept)

    def charge(self, use: Use) -> int | None:
        """Return what it cost in the end, in hundredths; None if the points did not suffice."""
        buckets = [each for each in self._buckets if self._since[each.id] <= use.at]
        drawn = draw(buckets, self._prices[use.action, use.mode])
        if not isinstance(drawn, Draw):
            return None
        fast_cost = self._prices[use.action, "fast"][drawn.tier]
        refunded = drawn.cost if use.failure else 0
        if not use.failure and use.made_in != use.mode:
            refunded = drawn.cost - fast_cost
        self._note_charge(use, drawn, fast_cost, refunded)
        self._note_entries(use, drawn.lines, reverse(drawn.lines, refunded))
        return drawn.cost - refunded

    def write(self) -> None:
        with without_triggers():
            copy_rows(Charge, self._charges)
            copy_rows(LedgerEntry, self._entries)
        for bucket_id, used in self._used.items():
            PointBucket.objects.filter(pk=bucket_id).update(remaining=F("remaining") - used)

    def _note_charge(self, use: Use, drawn: Draw, fast_cost: int, refunded: int) -> None:
        state = Charge.State.REFUNDED if use.failure else Charge.State.SUCCEEDED
        self._charges.append(
            {
                "id": use.id,
                "partner_id": self._partner.pk,
                "key_id": use.key_id,
                "action": use.action,
                "mode": use.mode,
                "tier_id": drawn.tier,
                "cost": drawn.cost,
                "fast_cost": fast_cost,
                "refunded": refunded,
                "state": state.value,
                "holder": "",
                "lease_until": use.at + timedelta(minutes=2),
                "created_at": use.at,
                "settled_at": use.ended_at,
            }
        )

    def _note_entries(self, use: Use, taken: tuple[Line, ...], back: tuple[Line, ...]) -> None:
        charged = {}
        for number, line in enumerate(taken):
            charged[line.bucket_id] = self._note(use, number, line.bucket_id, -line.points)
        # As in `billing_reverse`: the ids of reversals follow those of the charge's entries.
        for number, line in enumerate(back, start=2048):
            self._note(use, number, line.bucket_id, line.points, charged[line.bucket_id])

    def _note(
        self, use: Use, number: int, bucket_id: str, points: int, reverses: str | None = None
    ) -> str:
        """Return the id of the entry."""
        entry_id = f"{use.id[:21]}{number:03x}"
        self._entries.append(
            {
                "id": entry_id,
                "partner_id": self._partner.pk,
                "bucket_id": bucket_id,
                "operation_id": use.id,
                "kind": "reversal" if reverses else "charge",
                "points": points,
                "reverses_id": reverses,
                "created_at": use.ended_at if reverses else use.at,
            }
        )
        self._used[bucket_id] = self._used.get(bucket_id, 0) - points
        self._buckets = [
            replace(each, remaining=each.remaining + points) if each.id == bucket_id else each
            for each in self._buckets
        ]
        return entry_id


def _prices() -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Return the prices in hundredths by action and mode, then by tier."""
    prices: dict[tuple[str, str], dict[str, int]] = {}
    for row in OperationPrice.objects.order_by("starts_at"):
        prices.setdefault((row.action, row.mode), {})[row.tier_id] = row.points
    return prices
