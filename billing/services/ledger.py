"""Credits points."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.models import Approval, LedgerEntry, Package, PointBucket, Tier
from billing.points import SCALE, InvalidPoints
from billing.services.claims import claim_approval, people_of
from config.db.ids import new_id
from config.grouping import group_digits


class GrantTooLarge(InvalidPoints):
    """More points than `GRANT_LIMIT`."""

    def __init__(self) -> None:
        super().__init__(
            f"At most {group_digits(settings.GRANT_LIMIT)} points can be granted at one time"
        )


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the shell of the installation, who needs no approval.

    A person there could change the database itself; the audit trail names the command.
    Only commands and what they alone call create one, which a test checks.
    """

    command: str

    @property
    def actor(self) -> str:
        return f"command:{self.command}"


def grant_points(*, approval: Approval) -> None:
    """Credit points without a purchase, in a new bucket. Raises `NotApproved`, `GrantTooLarge`."""
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.GRANT)
        assert approved.tier
        _check_size(approved.points)
        credit_bucket(
            partner=approved.partner,
            tier=approved.tier,
            points=approved.points,
            actor=approved.requested_by.email,
            note=approved.reason,
            bucket_id=approved.pk,
            approved=people_of(approved),
        )


def grant_by_operator(
    *, partner: Partner, tier: Tier, points: int, operator: Operator, note: str
) -> PointBucket:
    """Credit points without a purchase or an approval. Raises `GrantTooLarge`."""
    _check_size(points)
    return credit_bucket(partner=partner, tier=tier, points=points, actor=operator.actor, note=note)


def grant_package(
    *, partner: Partner, package: Package, operator: Operator, note: str = ""
) -> PointBucket:
    """Credit a package without a payment, such as for a demo."""
    return credit_bucket(
        partner=partner,
        tier=package.tier,
        points=package.points,
        actor=operator.actor,
        note=note,
        package=package,
    )


def _check_size(points: int) -> None:
    if points > settings.GRANT_LIMIT * SCALE:
        raise GrantTooLarge


def credit_bucket(
    *,
    partner: Partner,
    tier: Tier,
    points: int,
    actor: str,
    note: str,
    package: Package | None = None,
    bucket_id: str | None = None,
    approved: dict[str, str] | None = None,
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
            **(approved or {}),
        )
    return bucket
