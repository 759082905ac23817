"""Refunds unused purchases: first the points, then the money."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from billing.gateways import GatewayError, Return, gateway_named
from billing.models import PaymentReturn, PointBucket, Purchase
from billing.services.returns import move_points, record_return
from billing.services.review import flag_for_review, lock_purchase

log = structlog.get_logger(__name__)

State = Purchase.State
#: Longer than a gateway's time limit, so that no other process asks it meanwhile.
_LEASE = timedelta(seconds=60)


class NotRefundable(Exception):
    """The purchase is not paid, or its payment is already refunded or disputed."""


class PointsAlreadyUsed(Exception):
    """Points of this purchase were used or are reserved by a request in progress."""


def refund_purchase(*, purchase: Purchase, actor: str, reason: str) -> Purchase:
    """Remove the points, then ask the gateway to refund the payment.

    If the process dies in between or the gateway does not respond, the purchase stays `refunding`
    and reconciliation continues with it. Raises `NotRefundable` and `PointsAlreadyUsed`.
    """
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        _check_refundable(locked)
        move_points(purchase=locked, due=locked.points, at_risk=0, actor=actor)
        locked.state, locked.refund_reason = State.REFUNDING, reason
        locked.next_check_at = timezone.now() + _LEASE
        locked.save(update_fields=["state", "refund_reason", "next_check_at"])
        record_audit(
            partner=locked.partner,
            actor=actor,
            action="purchase.refund_started",
            target=locked.pk,
            reference=locked.reference,
            reason=reason,
        )
    return finish_refund(purchase=locked)


def finish_refund(*, purchase: Purchase) -> Purchase:
    """Refund at the gateway and issue the credit note; on failure the state stays `refunding`."""
    gateway = gateway_named(purchase.gateway)
    try:
        refund_id = gateway.refund(purchase)
    except GatewayError as error:
        log.warning("refund failed", purchase=purchase.reference, error=str(error))
        return _note_failure(purchase, error)
    return record_return(
        purchase_id=purchase.pk,
        reported=Return(
            id=refund_id,
            payment_id=str(purchase.payment_id),
            kind=PaymentReturn.Kind.REFUND,
            state=PaymentReturn.State.RETURNED,
            amount_paise=purchase.paid_paise,
            currency=purchase.currency,
            at=timezone.now(),
        ),
        actor=f"gateway:{purchase.gateway}",
    )


def _check_refundable(purchase: Purchase) -> None:
    if purchase.state != State.PAID:
        raise NotRefundable(purchase.get_state_display())
    returns = PaymentReturn.objects.of(purchase.partner_id).of_payment(
        purchase, str(purchase.payment_id)
    )
    if returns.exclude(state=PaymentReturn.State.KEPT).exists():
        raise NotRefundable("Refunded in part, or disputed")
    bucket = PointBucket.objects.of(purchase.partner_id).get(pk=purchase.bucket_id)
    if bucket.remaining != bucket.original:
        raise PointsAlreadyUsed(purchase.reference)


def _note_failure(purchase: Purchase, error: GatewayError) -> Purchase:
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if error.is_refusal:
            flag_for_review(
                purchase=locked,
                note="The gateway rejected the refund. Check the payment there.",
                actor=f"gateway:{purchase.gateway}",
            )
    return locked
