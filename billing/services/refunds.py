"""Refunds unused purchases: first the points, then the money."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from billing.gateways import GatewayError, gateway_named
from billing.models import Purchase
from billing.services.invoices import issue_credit_note
from billing.services.ledger import empty_bucket
from billing.services.settlement import flag_for_review, lock_purchase

log = structlog.get_logger(__name__)

State = Purchase.State
#: Longer than a gateway's time limit, so that no other process asks it meanwhile.
_LEASE = timedelta(seconds=60)


class NotRefundable(Exception):
    """The purchase is not paid, or its refund has already started."""


class PointsAlreadyUsed(Exception):
    """Points of this purchase were used or are reserved by a request in progress."""


def refund_purchase(*, purchase: Purchase, actor: str, reason: str) -> Purchase:
    """Remove the points, then ask the gateway to refund the payment.

    If the process dies in between or the gateway does not respond, the purchase stays `refunding`
    and reconciliation continues with it. Raises `NotRefundable` and `PointsAlreadyUsed`.
    """
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if locked.state != State.PAID or locked.bucket_id is None:
            raise NotRefundable(locked.get_state_display())
        if not empty_bucket(partner_id=locked.partner_id, bucket_id=locked.bucket_id):
            raise PointsAlreadyUsed(locked.reference)
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
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if locked.state == State.REFUNDING:
            _close(locked, refund_id)
    return locked


def _close(purchase: Purchase, refund_id: str) -> None:
    purchase.state, purchase.refund_id = State.REFUNDED, refund_id
    purchase.refunded_at = timezone.now()
    purchase.save(update_fields=["state", "refund_id", "refunded_at"])
    record_audit(
        partner=purchase.partner,
        actor=f"gateway:{purchase.gateway}",
        action="purchase.refunded",
        target=purchase.pk,
        reference=purchase.reference,
        refund=refund_id,
    )
    issue_credit_note(purchase=purchase)


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
