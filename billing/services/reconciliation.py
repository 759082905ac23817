"""Finds payments, refunds and disputes whose notification was missed, and finishes refunds."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.gateways import GatewayError, Payment, Return, gateway_named, reporting_gateways
from billing.models import PaymentReturn, Purchase
from billing.services.purchases import PaymentUnavailable, mark_unpaid
from billing.services.refunds import finish_refund
from billing.services.returns import record_return
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
#: Gateways hold a payment for at most three days and report it for longer.
_PAYABLE_FOR = timedelta(days=7)
#: How long after its payment a purchase is compared with the gateway, once a day.
_RETURNABLE_FOR = timedelta(days=180)
_PAID_INTERVAL = timedelta(days=1)


def reconcile_purchase(*, purchase: Purchase) -> Purchase:
    """Bring a purchase up to date with its gateway: book its payment, or what went back of it.

    Raises `PaymentUnavailable` if the gateway does not respond.
    """
    if purchase.is_paid:
        # The gateway's own pages may have refunded what a refund in progress is about.
        purchase = _record_returns(purchase)
        is_interrupted = purchase.state == Purchase.State.REFUNDING
        return finish_refund(purchase=purchase) if is_interrupted else purchase
    gateway = gateway_named(purchase.gateway)
    try:
        payments = gateway.fetch(purchase)
    except GatewayError as error:
        raise PaymentUnavailable(purchase) from error
    if gateway.is_booked_by_staff:
        return purchase
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
        if payment.is_captured:
            actor = f"gateway:{purchase.gateway}"
            settle_purchase(purchase_id=purchase.pk, payment=payment, actor=actor)


def _record_returns(purchase: Purchase) -> Purchase:
    try:
        returns = gateway_named(purchase.gateway).fetch_returns(purchase)
    except GatewayError as error:
        raise PaymentUnavailable(purchase) from error
    actor = f"gateway:{purchase.gateway}"
    for reported in returns:
        purchase = record_return(purchase_id=purchase.pk, reported=reported, actor=actor)
    return purchase


def reconcile_disputes() -> int:
    """Record the disputes that gateways list for all payments together; return how many."""
    now, number = timezone.now(), 0
    pending = PaymentReturn.objects.of_all().open_disputes().order_by("created_at").first()
    since = min(now - _RETURNABLE_FOR, pending.created_at if pending else now)
    for name in watched_gateways():
        try:
            disputes = gateway_named(name).fetch_disputes(since)
        except GatewayError as error:
            log.warning("disputes not read, will retry", gateway=name, error=str(error))
            continue
        purchases = Purchase.objects.of_all().filter(gateway=name)
        for reported in disputes:
            # Several applications may share an account of the gateway.
            purchase = purchases.filter(payment_id=reported.payment_id).first()
            if purchase and _record_dispute(purchase, reported):
                number += 1
    return number


def _record_dispute(purchase: Purchase, reported: Return) -> bool:
    try:
        record_return(
            purchase_id=purchase.pk, reported=reported, actor=f"gateway:{purchase.gateway}"
        )
    except Exception:
        # One unreadable purchase must not keep the others from being recorded.
        log.exception("dispute not recorded, will retry", purchase=purchase.reference)
        return False
    return True


def watched_gateways() -> list[str]:
    """Return the gateways at which money of a recent payment could go back."""
    recent = Purchase.objects.of_all().filter(paid_at__gt=timezone.now() - _RETURNABLE_FOR)
    watched = recent.filter(gateway__in=reporting_gateways())
    return list(watched.values_list("gateway", flat=True).distinct())


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
    """Take due purchases, postponing their next check so that no other process takes them too.

    Buyers wait for unpaid ones, which come first. One that is too old for a check gets no next one.
    """
    now = timezone.now()
    with transaction.atomic():
        purchases = Purchase.objects.of_all()
        due = purchases.due_for_check().order_by(F("paid_at").asc(nulls_first=True))
        claimed = list(due.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
        for purchase in claimed:
            wait = _wait_until_next_check(purchase, now)
            purchase.next_check_at = now + wait if wait else None
        purchases.bulk_update(claimed, ["next_check_at"])
    return [purchase for purchase in claimed if purchase.next_check_at]


def _wait_until_next_check(purchase: Purchase, now: datetime) -> timedelta | None:
    """Return None if the purchase is not compared with its gateway any more."""
    if purchase.state == Purchase.State.REFUNDING:
        return _wait_at(now - purchase.created_at)
    if purchase.paid_at:
        return _PAID_INTERVAL if _is_returnable(purchase, now) else None
    age = now - purchase.created_at
    return _wait_at(age) if age < _PAYABLE_FOR else None


def _is_returnable(purchase: Purchase, now: datetime) -> bool:
    """Return whether a refund that was not made here must be expected."""
    if purchase.gateway not in reporting_gateways() or purchase.paid_at is None:
        return False
    open_returns = PaymentReturn.objects.of(purchase.partner_id).filter(purchase=purchase).open()
    return now - purchase.paid_at < _RETURNABLE_FOR or open_returns.exists()


def _wait_at(age: timedelta) -> timedelta:
    return next((wait for limit, wait in _CHECK_INTERVALS if age <= limit), _LONGEST_INTERVAL)
