"""Applies Razorpay's events."""

from __future__ import annotations

from functools import reduce
from operator import or_

import structlog
from django.db import transaction
from django.db.models import F, Q

from billing.gateways.base import Payment
from billing.gateways.razorpay_events import Event
from billing.models import Purchase
from billing.services.purchases import mark_unpaid
from billing.services.returns import record_return
from billing.services.review import flag_for_review, lock_purchase
from billing.services.settlement import settle_purchase

log = structlog.get_logger(__name__)

_ACTOR = "gateway:razorpay"
#: Others, such as those of refunds, tell of captured payments too.
_CAPTURES = ("payment.captured", "payment_link.paid", "order.paid")
_UNPAID_STATES = {
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
    elif event.returned:
        record_return(purchase_id=purchase.pk, reported=event.returned, actor=_ACTOR)
    elif event.kind in _CAPTURES and event.payment and event.payment.is_captured:
        settle_purchase(purchase_id=purchase.pk, payment=event.payment, actor=_ACTOR)
    elif state := _UNPAID_STATES.get(event.kind):
        mark_unpaid(purchase=purchase, state=state)


def _find_purchase(event: Event) -> Purchase | None:
    names = {
        "payment_id": event.payment_id,
        "gateway_order_id": event.link_id,
        # The link's ID is unknown if the response that contained it was lost.
        "reference": event.reference,
    }
    known = [Q((field, value)) for field, value in names.items() if value]
    if not known:
        return None
    # A payment that was booked belongs to the purchase that it paid for.
    found = Purchase.objects.of_all().filter(reduce(or_, known), gateway="razorpay")
    return found.order_by(F("payment_id").asc(nulls_last=True)).first()


def _note_part(purchase: Purchase, payment: Payment | None) -> None:
    name = payment.id if payment else "unknown"
    with transaction.atomic():
        flag_for_review(
            purchase=lock_purchase(purchase.pk),
            note=f"Payment {name} is only part of the amount due.",
            actor=_ACTOR,
        )
