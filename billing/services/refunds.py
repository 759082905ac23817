"""Refunds purchases, or what is unspent of them: first the points, then the money."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from billing.gateways import GatewayError, Return, gateway_named
from billing.models import Approval, PaymentReturn, PointBucket, Purchase
from billing.services.claims import claim_approval, people_of
from billing.services.returns import (
    move_points,
    record_return,
    report_taken_back,
    sum_returns,
)
from billing.services.review import flag_for_review, lock_purchase

log = structlog.get_logger(__name__)

State = Purchase.State
#: Longer than a gateway's time limit, so that no other process asks it meanwhile.
_LEASE = timedelta(seconds=60)


class NotRefundable(Exception):
    """The purchase is not paid, or its payment is already refunded or disputed."""


class PointsAlreadyUsed(Exception):
    """Points of this purchase were used, or none of them is left."""


def refund_purchase(*, approval: Approval) -> Purchase:
    """Remove the points and store how much of the payment goes back, for `finish_refund`.

    The whole of an unused purchase, what is unspent, or for an approval of no points what was paid
    above the amount due. Call `finish_refund` after the commit; if
    the process dies before, the purchase stays `refunding` and reconciliation goes on with it.
    Raises `NotApproved`, `NotRefundable` and `PointsAlreadyUsed`.
    """
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.REFUND)
        locked = lock_purchase(str(approved.purchase_id))
        due = _points_due(locked, approved)
        actor = approved.requested_by.email
        locked.refund_to_paise = _refund_to(locked, due)
        taken_back = move_points(purchase=locked, due=due, at_risk=0, actor=actor)
        locked.state, locked.refund_reason = State.REFUNDING, approved.reason
        locked.next_check_at = timezone.now() + _LEASE
        locked.save(update_fields=["state", "refund_reason", "next_check_at", "refund_to_paise"])
        record_audit(
            partner=locked.partner,
            actor=actor,
            action="purchase.refund_started",
            target=locked.pk,
            reference=locked.reference,
            reason=approved.reason,
            **people_of(approved),
        )
        report_taken_back(locked, result=taken_back)
    return locked


def finish_refund(*, purchase: Purchase) -> Purchase:
    """Refund at the gateway and issue the credit note; on failure the state stays `refunding`."""
    gateway = gateway_named(purchase.gateway)
    # What went back meanwhile, such as on the gateway's own pages, counts.
    amount = refund_due(purchase)
    if amount <= 0:
        return _end(purchase)
    try:
        refund_id = gateway.refund(purchase, amount)
    except GatewayError as error:
        log.warning("refund failed", purchase=purchase.reference, error=str(error))
        return _note_failure(purchase, error)
    record_return(
        purchase_id=purchase.pk,
        reported=Return(
            id=refund_id,
            payment_id=str(purchase.payment_id),
            kind=PaymentReturn.Kind.REFUND,
            state=PaymentReturn.State.RETURNED,
            amount_paise=amount,
            currency=purchase.currency,
            at=timezone.now(),
        ),
        actor=f"gateway:{purchase.gateway}",
    )
    return _end(purchase)


def _end(purchase: Purchase) -> Purchase:
    """Let a purchase of which a part went back be a paid one again."""
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if locked.state == State.REFUNDING and refund_due(locked) <= 0:
            locked.state = State.PAID
            locked.save(update_fields=["state"])
    return locked


def refund_due(purchase: Purchase) -> int:
    """Return the paise of a refund that has begun which have not gone back yet."""
    target = purchase.refund_to_paise or purchase.paid_paise
    return target - sum_returns(purchase, payment_id=str(purchase.payment_id)).gone


def _points_due(purchase: Purchase, approval: Approval) -> int:
    """Return the points that are due back with the refund, in all."""
    if purchase.state != State.PAID:
        raise NotRefundable(purchase.get_state_display())
    returns = PaymentReturn.objects.of(purchase.partner_id).of_payment(
        purchase, str(purchase.payment_id)
    )
    bucket = PointBucket.objects.of(purchase.partner_id).get(pk=purchase.bucket_id)
    if approval.is_unspent_only or not approval.points:
        if returns.open().exists():
            raise NotRefundable("A refund or dispute is open")
        if not approval.points:
            return purchase.returned_points
        if not bucket.remaining:
            raise PointsAlreadyUsed(purchase.reference)
        return purchase.returned_points + bucket.remaining
    if returns.exclude(state=PaymentReturn.State.KEPT).exists():
        raise NotRefundable("Refunded in part, or disputed")
    if bucket.remaining != bucket.original:
        raise PointsAlreadyUsed(purchase.reference)
    return purchase.points


def _refund_to(purchase: Purchase, points: int) -> int:
    """Return how much of the payment has gone back when `points` have: an excess, and their share.

    Rounded down, so that the gateway's report of it takes no more points.
    """
    target = purchase.excess_paise + purchase.total_paise * points // purchase.points
    if target <= sum_returns(purchase, payment_id=str(purchase.payment_id)).gone:
        raise NotRefundable("Nothing of the payment is left for it")
    return target


def _note_failure(purchase: Purchase, error: GatewayError) -> Purchase:
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if error.is_permanent:
            flag_for_review(
                purchase=locked,
                note="The gateway rejected the refund. Check the payment there.",
                actor=f"gateway:{purchase.gateway}",
            )
    return locked
