"""Takes back points whose payment went back, and settles what was used of them.

Callers hold the partner's lock, except for `write_off_debt`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from accounts.services.audit import record_audit
from billing.models import Approval, LedgerEntry, PointBucket
from billing.points import to_text
from billing.services.claims import claim_approval, people_of


class NothingOwed(Exception):
    """The partner owes fewer points than are to be written off."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Hundredths taken from a bucket, and those that had been used and are owed now."""

    taken: int = 0
    owed: int = 0


def take_back(*, bucket: PointBucket, points: int) -> TakenBack:
    """Take points out of a locked bucket; those that have been used become a debt."""
    taken = min(points, bucket.remaining)
    result = TakenBack(taken, points - taken)
    _take(bucket, taken, LedgerEntry.Kind.REFUND)
    bucket.owed += result.owed
    bucket.save(update_fields=["owed"])
    return result


def settle_debts(*, bucket: PointBucket) -> int:
    """Settle the partner's debts from a new bucket, oldest first; return the hundredths taken."""
    mine = PointBucket.objects.of(bucket.partner_id)
    left = bucket.remaining
    for debtor in mine.owing().in_burn_order().select_for_update(no_key=True):
        settled = min(debtor.owed, left)
        left -= settled
        mine.filter(pk=debtor.pk).update(owed=debtor.owed - settled)
    settled = bucket.remaining - left
    _take(bucket, settled, LedgerEntry.Kind.DEBT)
    return settled


def keep_owed(*, bucket: PointBucket, points: int) -> int:
    """Settle what a locked bucket owes from points that came back to it; return how many."""
    kept = min(bucket.owed, max(points, 0))
    if kept:
        _take(bucket, kept, LedgerEntry.Kind.REFUND)
        bucket.owed -= kept
        bucket.save(update_fields=["owed"])
    return kept


def write_off_debt(*, approval: Approval) -> None:
    """Let a partner owe fewer points, oldest first. Raises `NotApproved`, `NothingOwed`."""
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.WRITE_OFF)
        left = approved.points
        mine = PointBucket.objects.of(approved.partner_id)
        for debtor in mine.owing().in_burn_order().select_for_update(no_key=True):
            part = min(debtor.owed, left)
            left -= part
            mine.filter(pk=debtor.pk).update(owed=debtor.owed - part)
        if left:
            raise NothingOwed(f"The debt is {to_text(approved.points - left)} points now")
        record_audit(
            partner=approved.partner,
            actor=approved.requested_by.email,
            action="points.debt_written_off",
            points=approved.points,
            reason=approved.reason,
            **people_of(approved),
        )


def hold(*, bucket: PointBucket, points: int) -> None:
    """Freeze up to so many hundredths of a locked bucket; points that return to it count too."""
    bucket.held = points
    bucket.save(update_fields=["held"])


def _take(bucket: PointBucket, points: int, kind: LedgerEntry.Kind) -> None:
    if not points:
        return
    bucket.remaining -= points
    bucket.taken += points
    bucket.save(update_fields=["remaining", "taken"])
    LedgerEntry.objects.create(
        partner_id=bucket.partner_id,
        bucket=bucket,
        kind=kind,
        points=-points,
        created_at=Now(),
    )
