"""Corrects what has been used of a bucket, in both directions."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from accounts.services.audit import record_audit
from billing.models import Approval, Charge, LedgerEntry, PointBucket
from billing.points import to_text
from billing.services.claims import claim_approval, people_of
from billing.services.debts import keep_owed


class NotCorrectable(Exception):
    """The bucket does not have as much unspent, or as much spent; the message is for staff."""


def correct_points(*, approval: Approval) -> None:
    """Take unspent points out of a bucket, or give spent ones back.

    Points of a bucket whose payment was refunded settle what it owes first, as a reversal does.
    Raises `NotApproved`, `NotCorrectable`.
    """
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.CORRECTION)
        buckets = PointBucket.objects.of(approved.partner_id)
        bucket = buckets.select_for_update(no_key=True).get(pk=approved.bucket_id)
        _check(bucket, approved.points)
        bucket.remaining += approved.points
        bucket.save(update_fields=["remaining"])
        entry = LedgerEntry.objects.create(
            id=approved.pk,  # by which pages find the reason
            partner=approved.partner,
            bucket=bucket,
            kind=LedgerEntry.Kind.CORRECTION,
            points=approved.points,
            created_at=Now(),
        )
        settled = keep_owed(bucket=bucket, points=approved.points)
        record_audit(
            partner=approved.partner,
            actor=approved.requested_by.email,
            action="points.corrected",
            target=entry.pk,
            bucket=bucket.pk,
            points=approved.points,
            debt_settled=settled,
            reason=approved.reason,
            **people_of(approved),
        )


def _check(bucket: PointBucket, points: int) -> None:
    if -points > bucket.available:
        raise NotCorrectable(f"Only {to_text(bucket.available)} points of this bucket are unspent")
    spent = bucket.original - bucket.remaining - bucket.taken - _reserved(bucket)
    if points > spent:
        raise NotCorrectable(f"Only {to_text(spent)} points of this bucket have been spent")


def _reserved(bucket: PointBucket) -> int:
    """Return the points of calls in progress, which may come back by themselves."""
    running = Charge.objects.of(bucket.partner_id).filter(state=Charge.State.RESERVED)
    entries = LedgerEntry.objects.of(bucket.partner_id).filter(
        operation__in=running, bucket=bucket, kind=LedgerEntry.Kind.CHARGE
    )
    return -int(entries.aggregate(points=Sum("points", default=0))["points"])
