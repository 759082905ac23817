"""Applies Razorpay's events."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.db.models import Q

from billing.gateways.base import Payment
from billing.gateways.razorpay_events import Event
from billing.models import Purchase
from billing.services.purchases import mark_unpaid
from billing.services.settlement import flag_for_review, lock_purchase, settle_purchase

log = structlog.get_logger(__name__)

_ACTOR = "gateway:razorpay"
_ENDINGS = {
    "payment.failed": Purchase.State.FAILED,
    "payment_link.expired": Purchase.State.EXPIRED,
    "payment_link.cancelled": Purchase.State.CANCELLED,
}


def receive_event(*, event: Event) -> None:
    """Apply a verified event; repeating it changes nothing.

    Events of other links are ignored: several applications may share a Razorpay account.
    """
    purchase = _find_purchase(event)
    if purchase is None:
        log.info("event without purchase", kind=event.kind)
    elif event.kind == "payment_link.partially_paid":
        _note_part(purchase, event.payment)
    elif event.payment and event.payment.is_captured:
        settle_purchase(
            purchase_id=purchase.pk,
            payment_id=event.payment.id,
            amount_paise=event.payment.amount_paise,
            currency=event.payment.currency,
            paid_at=event.payment.at,
            actor=_ACTOR,
        )
    elif ending := _ENDINGS.get(event.kind):
        mark_unpaid(purchase=purchase, state=ending)


def _find_purchase(event: Event) -> Purchase | None:
    if not (event.link_id or event.reference):
        return None
    ours = Q(gateway_order_id=event.link_id) if event.link_id else Q()
    if event.reference:
        # The link's ID is unknown if the response that contained it was lost.
        ours |= Q(reference=event.reference)
    return Purchase.objects.of_all().filter(ours, gateway="razorpay").first()


def _note_part(purchase: Purchase, payment: Payment | None) -> None:
    name = payment.id if payment else "unknown"
    with transaction.atomic():
        flag_for_review(
            purchase=lock_purchase(purchase.pk),
            note=f"Payment {name} is only part of the amount due.",
            actor=_ACTOR,
        )
