"""What staff asked each other of a year's points and money, in all states."""

from __future__ import annotations

from accounts.models import User
from billing.models import Approval, LedgerEntry, PointBucket, Purchase, Tier
from billing.services import approve, decline_approval, record_transfer, withdraw_approval
from billing.services.approvals import lapse_approvals
from tests.billing.approvals import ask, let_lapse
from tests.seed.history import ago, backdate
from tests.seed.side import Side

Kind = Approval.Kind
_REASON = "A double import on their side. They sent the log; see the email of {day}."


def add_requests(sides: list[Side], staff: dict[str, User]) -> None:
    """Corrections that were made, and one request in each other state; some wait."""
    by, approver = staff["finance"].email, staff["admin"]
    buckets = [_newest_bucket(side) for side in sides]
    for number, bucket in enumerate(buckets[:6]):
        at = ago(days=3 + 40 * number)
        reason = _REASON.format(day=f"{at.day} {at:%B}")
        made = ask(bucket.partner, Kind.CORRECTION, -12_500, by=by, bucket=bucket, reason=reason)
        approve(approval=made, approver=approver)
        backdate(Approval, {made.pk: at}, "requested_at", "decided_at", "carried_out_at")
        backdate(LedgerEntry, {made.pk: at}, "created_at")
    declined, withdrawn, lapsed, *waiting = (
        _ask_grant(bucket, by, points) for bucket, points in zip(buckets, _POINTS, strict=False)
    )
    decline_approval(approval=declined, approver=approver, note="No contract says so.")
    withdraw_approval(approval=withdrawn, asker=withdrawn.requested_by)
    let_lapse(lapsed)
    lapse_approvals()
    backdate(Approval, {each.pk: ago(hours=5) for each in waiting}, "requested_at")


def add_transfers(staff: dict[str, User]) -> None:
    """One in full, which waits for approval, and one in part."""
    whole, part = Purchase.objects.of_all().awaiting_transfer().order_by("pk")[:2]
    for purchase, amount in ((whole, whole.total_paise), (part, part.total_paise // 2)):
        record_transfer(
            purchase=purchase,
            reference=f"UTIBR5202611{amount % 10_000_000:07}",
            amount_paise=amount,
            received_on=ago(days=1).date(),
            staff=staff["finance"],
        )


_POINTS = (50_000, 25_000, 100_000, 75_000, 250_000)


def _ask_grant(bucket: PointBucket, by: str, points: int) -> Approval:
    tier = Tier.objects.get(pk="starter")
    reason = "Goodwill for the outage of their launch day, agreed with their owner by phone."
    return ask(bucket.partner, Kind.GRANT, points, by=by, tier=tier, reason=reason)


def _newest_bucket(side: Side) -> PointBucket:
    rows = PointBucket.objects.of(side.partner.pk).select_related("partner")
    return rows.filter(remaining__gte=12_500).latest("purchased_at")
