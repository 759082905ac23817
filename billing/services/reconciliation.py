"""Finds payments whose notification was missed, and finishes interrupted refunds."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from billing.gateways import GatewayError, Payment, gateway_named
from billing.models import Purchase
from billing.services.purchases import PaymentUnavailable, mark_unpaid
from billing.services.refunds import finish_refund
from billing.services.settlement import settle_purchase

log = structlog.get_logger(__name__)

#: Purchases checked per run; each may take as long as its gateway takes to respond.
_BATCH = 20
#: (up to this age of the purchase, wait until the next check)
_CHECK_INTERVALS = [
    (timedelta(minutes=15), timedelta(minutes=1)),
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(days=1), timedelta(minutes=30)),
]
_LONGEST_INTERVAL = timedelta(hours=6)


def reconcile_purchase(*, purchase: Purchase) -> Purchase:
    """Bring a purchase up to date with its gateway, booking captured payments.

    Raises `PaymentUnavailable` if the gateway does not respond.
    """
    if purchase.state == Purchase.State.REFUNDING:
        return finish_refund(purchase=purchase)
    if purchase.is_paid:
        return purchase
    gateway = gateway_named(purchase.gateway)
    try:
        payments = gateway.fetch(purchase)
    except GatewayError as error:
        raise PaymentUnavailable(purchase) from error
    if any(payment.is_captured for payment in payments):
        _book_captured(purchase, payments)
    elif gateway.payable_for and timezone.now() > purchase.created_at + gateway.payable_for:
        mark_unpaid(purchase=purchase, state=Purchase.State.EXPIRED)
    elif payments:
        mark_unpaid(purchase=purchase, state=Purchase.State.FAILED)
    purchase.refresh_from_db()
    return purchase


def _book_captured(purchase: Purchase, payments: list[Payment]) -> None:
    for payment in payments:
        if not payment.is_captured:
            continue
        settle_purchase(
            purchase_id=purchase.pk,
            payment_id=payment.id,
            amount_paise=payment.amount_paise,
            currency=payment.currency,
            paid_at=payment.at,
            actor=f"gateway:{purchase.gateway}",
        )


def reconcile_pending() -> int:
    """Reconcile due purchases; return how many."""
    claimed = _claim()
    for purchase in claimed:
        try:
            reconcile_purchase(purchase=purchase)
        except PaymentUnavailable as error:
            log.warning("reconciliation failed, will retry", error=str(error))
        except Exception:
            # One unreadable purchase must not delay the others.
            log.exception("reconciliation failed, will retry", purchase=purchase.reference)
    return len(claimed)


def _claim() -> list[Purchase]:
    """Take due purchases, postponing their next check so that no other process takes them too."""
    now = timezone.now()
    with transaction.atomic():
        purchases = Purchase.objects.of_all()
        due = purchases.due_for_check().order_by("next_check_at")
        claimed = list(due.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
        for purchase in claimed:
            purchase.next_check_at = now + _wait_at(now - purchase.created_at)
        purchases.bulk_update(claimed, ["next_check_at"])
    return claimed


def _wait_at(age: timedelta) -> timedelta:
    return next((wait for limit, wait in _CHECK_INTERVALS if age <= limit), _LONGEST_INTERVAL)
