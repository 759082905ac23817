"""What a request would change: it is carried out in a transaction that is rolled back."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from billing.balance import Balance, read_balance
from billing.models import Approval, PointBucket
from billing.services.approval_rules import ApprovalRefused
from billing.services.approvals import carry_out, fetch_approved_payment
from billing.services.claims import NotApproved, lock_approval
from billing.services.corrections import NotCorrectable
from billing.services.debts import NothingOwed
from billing.services.ledger import GrantTooLarge
from billing.services.purchases import PaymentUnavailable
from billing.services.refunds import NotRefundable, PointsAlreadyUsed, refund_due
from billing.services.settlement import NotBookable
from billing.services.transfer_returns import NotReturnable
from config.db.clock import database_now

#: Why `approve` may not carry a request out; the message is for staff.
OBSTACLES = (
    ApprovalRefused,
    NotApproved,
    NotCorrectable,
    NothingOwed,
    GrantTooLarge,
    NotRefundable,
    PointsAlreadyUsed,
    NotBookable,
    NotReturnable,
    PaymentUnavailable,
)


@dataclass(frozen=True, slots=True)
class BucketChange:
    """Hundredths of a bucket; `before` is None for one that would be new."""

    bucket: PointBucket
    before: PointBucket | None


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem` says why the request can't be carried out now; then nothing would change.

    `refund_paise` would go back to the buyer.
    """

    before: Balance
    after: Balance
    changes: list[BucketChange] = field(default_factory=list)
    problem: str = ""
    refund_paise: int = 0


def preview_approval(*, approval: Approval, viewer: User) -> Preview:
    """Return the partner's points before and after a pending request, as things are now."""
    try:
        payment = fetch_approved_payment(approval)
    except OBSTACLES as obstacle:
        before = read_balance(approval.partner)
        return Preview(before, before, problem=describe_obstacle(obstacle))
    with transaction.atomic():
        locked = lock_approval(approval_id=approval.pk)
        before, buckets = read_balance(locked.partner), _buckets(locked)
        try:
            with transaction.atomic():
                _pretend_approved(locked, viewer)
                result = carry_out(approval=locked, payment=payment)
            return Preview(
                before,
                read_balance(locked.partner),
                _compare(locked, buckets),
                refund_paise=refund_due(result) if locked.kind == Approval.Kind.REFUND else 0,
            )
        except OBSTACLES as obstacle:
            return Preview(before, before, problem=describe_obstacle(obstacle))
        finally:
            transaction.set_rollback(True)


def describe_obstacle(obstacle: Exception) -> str:
    if isinstance(obstacle, PaymentUnavailable):
        return "The gateway is not responding. Try again later."
    if isinstance(obstacle, PointsAlreadyUsed):
        return "Points of this purchase have been used. Refund what is unspent instead."
    if isinstance(obstacle, NotRefundable):
        return f"This purchase cannot be refunded: {obstacle}."
    return f"{str(obstacle).rstrip('.')}."


def _pretend_approved(approval: Approval, viewer: User) -> None:
    Approval.objects.of(approval.partner_id).filter(pk=approval.pk).update(
        state=Approval.State.APPROVED,
        decided_by=viewer,
        decided_at=database_now(),
        is_single=True,
    )


def _buckets(approval: Approval) -> dict[str, PointBucket]:
    return PointBucket.objects.of(approval.partner_id).select_related("tier").in_bulk()


def _compare(approval: Approval, before: dict[str, PointBucket]) -> list[BucketChange]:
    return [
        BucketChange(bucket, before.get(key))
        for key, bucket in _buckets(approval).items()
        if _state(bucket) != _state(before.get(key))
    ]


def _state(bucket: PointBucket | None) -> tuple[int, ...]:
    return (bucket.remaining, bucket.held, bucket.owed, bucket.taken) if bucket else ()
