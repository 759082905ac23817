"""Applies refunds and disputes that gateways report: points, debts and credit notes follow.

Everything is computed from all reports of a payment together, under the partner's lock, so that
neither their order nor repetitions matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.services.audit import record_audit
from billing.gateways import Return
from billing.labels import in_english
from billing.models import Invoice, PaymentReturn, PointBucket, Purchase
from billing.services.debts import TakenBack, hold, take_back
from billing.services.emails import (
    send_points_frozen,
    send_points_released,
    send_points_taken_back,
    send_refund,
)
from billing.services.invoices import issue_credit_note
from billing.services.review import flag_for_review, lock_purchase
from billing.shares import share_of_points

State = PaymentReturn.State
#: States only move forward, so that reports may arrive in any order.
_RANKS = {state: rank for rank, state in enumerate((State.OPEN, State.KEPT, State.RETURNED))}


@dataclass(frozen=True, slots=True)
class ReturnTotals:
    """Paise of a payment that went back, and that may still go back."""

    gone: int
    pending: int
    pending_refunds: int


def record_return(*, purchase_id: str, reported: Return, actor: str) -> Purchase:
    """Store a reported refund or dispute and apply it; repeating it changes nothing.

    One of a payment that was not booked for the purchase is stored only.
    """
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if _merge(purchase, reported, actor):
            apply_returns(purchase=purchase, actor=actor)
    return purchase


def sum_returns(purchase: Purchase, *, payment_id: str) -> ReturnTotals:
    rows = PaymentReturn.objects.of(purchase.partner_id).of_payment(purchase, payment_id)
    is_open, amount = Q(state=State.OPEN), "amount_paise"
    return ReturnTotals(
        **rows.aggregate(
            gone=Sum(amount, filter=Q(state=State.RETURNED), default=0),
            pending=Sum(amount, filter=is_open, default=0),
            pending_refunds=Sum(
                amount, filter=is_open & Q(kind=PaymentReturn.Kind.REFUND), default=0
            ),
        )
    )


def apply_returns(*, purchase: Purchase, actor: str) -> None:
    """Bring points, debt, state and credit notes of a locked purchase in line with its reports."""
    if purchase.payment_id is None:
        return
    totals = sum_returns(purchase, payment_id=purchase.payment_id)
    returned = purchase.returned_of(totals.gone)
    at_risk = purchase.returned_of(totals.gone + totals.pending)
    if totals.gone > purchase.paid_paise:
        note = "More was returned for this payment than was paid. Check it at the gateway."
        flag_for_review(purchase=purchase, note=note, actor=actor)
    result = move_points(
        purchase=purchase,
        due=_points(purchase, returned),
        at_risk=_points(purchase, at_risk),
        actor=actor,
    )
    if returned > purchase.returned_paise:
        credit_note = _credit(purchase, returned, actor)
        send_refund(purchase, credit_note=credit_note, points=result.taken, owed=result.owed)
    else:
        report_taken_back(purchase, result=result)


def move_points(*, purchase: Purchase, due: int, at_risk: int, actor: str) -> TakenBack:
    """Take back the points that are due, and freeze those at risk, in the purchase's bucket.

    Return what was taken, of which the caller tells the partner.
    """
    buckets = PointBucket.objects.of(purchase.partner_id)
    bucket = buckets.select_for_update(no_key=True).get(pk=purchase.bucket_id)
    due = max(due, purchase.returned_points)
    result, held_before = TakenBack(), bucket.held
    if more := due - purchase.returned_points:
        result = take_back(bucket=bucket, points=more)
        purchase.returned_points = due
        purchase.save(update_fields=["returned_points"])
    held = max(at_risk - due, 0)
    if held != held_before:
        hold(bucket=bucket, points=held)
    _report(purchase, bucket, result, held_before, actor)
    return result


def report_taken_back(purchase: Purchase, *, result: TakenBack) -> None:
    """Tell the partner, before there is a credit note."""
    if result.taken or result.owed:
        send_points_taken_back(purchase, points=result.taken, owed=result.owed)


def _points(purchase: Purchase, paise: int) -> int:
    return share_of_points(purchase.points, paise, purchase.total_paise)


def _report(
    purchase: Purchase, bucket: PointBucket, result: TakenBack, held_before: int, actor: str
) -> None:
    """Audit what happened to the points, and mail which of them are frozen or released."""
    if result.taken or result.owed:
        _audit(purchase, actor, "points_taken_back", points=result.taken, owed=result.owed)
    elif bucket.held > held_before:
        _audit(purchase, actor, "points_frozen", points=bucket.frozen)
        send_points_frozen(purchase, points=bucket.frozen)
    elif bucket.held < held_before:
        _audit(purchase, actor, "points_released", frozen=bucket.frozen)
        send_points_released(purchase, frozen=bucket.frozen)


def _credit(purchase: Purchase, returned: int, actor: str) -> Invoice:
    """Issue the credit note of what went back; all of it ends the purchase."""
    before, purchase.returned_paise = purchase.returned_paise, returned
    points = _points(purchase, returned) - _points(purchase, before)
    if returned == purchase.total_paise:
        last = PaymentReturn.objects.of(purchase.partner_id).of_payment(
            purchase, str(purchase.payment_id)
        )
        purchase.refund_id = last.filter(state=State.RETURNED).latest("closed_at", "id").gateway_id
        purchase.state, purchase.refunded_at = Purchase.State.REFUNDED, timezone.now()
        _audit(purchase, actor, "refunded", refund=purchase.refund_id)
    purchase.save(update_fields=["returned_paise", "refund_id", "state", "refunded_at"])
    # Last, because issuing blocks the number series until the commit.
    return issue_credit_note(purchase=purchase, total_paise=returned - before, points=points)


def _merge(purchase: Purchase, reported: Return, actor: str) -> bool:
    """Store what is news; return whether anything was."""
    rows = PaymentReturn.objects.of(purchase.partner_id).of_payment(purchase, reported.payment_id)
    row = rows.filter(gateway_id=reported.id).first()
    if row is None:
        row = PaymentReturn(
            partner_id=purchase.partner_id,
            purchase=purchase,
            kind=reported.kind,
            gateway_id=reported.id,
            payment_id=reported.payment_id,
            created_at=reported.at,
        )
    elif _RANKS[reported.state] <= _RANKS[State(row.state)]:
        if {reported.state, row.state} == {State.KEPT, State.RETURNED}:
            _flag_contradiction(purchase, reported, actor)
        return False
    elif row.state == State.KEPT:
        _flag_contradiction(purchase, reported, actor)
    row.state, row.amount_paise = reported.state, _in_paise(purchase, reported)
    row.reason, row.respond_by = reported.reason, reported.respond_by
    row.closed_at = None if reported.state == State.OPEN else timezone.now()
    row.save()
    _audit(
        purchase,
        actor,
        "return_reported",
        kind=row.kind,
        id=row.gateway_id,
        payment=row.payment_id,
        status=row.state,
        amount_paise=row.amount_paise,
    )
    return True


def _in_paise(purchase: Purchase, reported: Return) -> int:
    """Return the amount; one in a foreign currency counts as the whole payment."""
    return reported.amount_paise if reported.currency == purchase.currency else purchase.paid_paise


def _flag_contradiction(purchase: Purchase, reported: Return, actor: str) -> None:
    kind = in_english(PaymentReturn.Kind(reported.kind).label)
    note = f"{kind} {reported.id} was reported with opposite results. Check it at the gateway."
    flag_for_review(purchase=purchase, note=note, actor=actor)


def _audit(purchase: Purchase, actor: str, action: str, **detail: object) -> None:
    record_audit(
        partner=purchase.partner,
        actor=actor,
        action=f"purchase.{action}",
        target=purchase.pk,
        reference=purchase.reference,
        **detail,
    )
