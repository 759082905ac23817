"""Credits points."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.models import LedgerEntry, Package, PointBucket, Tier
from billing.points import SCALE, InvalidPoints
from config.db.ids import new_id


class GrantTooLarge(InvalidPoints):
    """More points than `GRANT_LIMIT`."""

    def __init__(self) -> None:
        super().__init__(f"At most {settings.GRANT_LIMIT:,} points can be granted at one time")


def grant_points(
    *,
    partner: Partner,
    tier: Tier,
    points: int,
    actor: str,
    note: str,
    bucket_id: str | None = None,
) -> PointBucket:
    """Credit hundredths of a point without a purchase, in a new bucket.

    Callers that may repeat the call pass `bucket_id`; a repetition raises `IntegrityError`.
    Raises `GrantTooLarge`.
    """
    if points > settings.GRANT_LIMIT * SCALE:
        raise GrantTooLarge
    return credit_bucket(
        partner=partner,
        tier=tier,
        points=points,
        actor=actor,
        note=note,
        bucket_id=bucket_id,
    )


def grant_package(*, partner: Partner, package: Package, actor: str, note: str = "") -> PointBucket:
    """Credit a package without a payment, such as for a demo."""
    return credit_bucket(
        partner=partner,
        tier=package.tier,
        points=package.points,
        actor=actor,
        note=note,
        package=package,
    )


def credit_bucket(
    *,
    partner: Partner,
    tier: Tier,
    points: int,
    actor: str,
    note: str,
    package: Package | None = None,
    bucket_id: str | None = None,
) -> PointBucket:
    """Create a bucket with its ledger and audit entries while holding the partner's lock."""
    with transaction.atomic():
        lock_partner(partner.pk)
        bucket = PointBucket.objects.create(
            id=bucket_id or new_id(),
            partner=partner,
            tier=tier,
            package=package,
            original=points,
            remaining=points,
            purchased_at=timezone.now(),
            note=note,
        )
        LedgerEntry.objects.create(
            partner=partner,
            bucket=bucket,
            kind=LedgerEntry.Kind.CREDIT,
            points=points,
            created_at=Now(),
        )
        record_audit(
            partner=partner,
            actor=actor,
            action="points.credited",
            target=bucket.id,
            points=points,
            note=note,
        )
    return bucket
