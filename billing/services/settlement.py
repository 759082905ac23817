"""Books payments: points, invoice and state in one transaction, once per payment."""

from __future__ import annotations

from django.db import transaction

from accounts.services.audit import record_audit
from billing.gateways import GatewayError, Payment, gateway_named
from billing.models import Approval, Purchase
from billing.money import rupees
from billing.services.claims import NotApproved, claim_approval, people_of
from billing.services.debts import settle_debts
from billing.services.emails import send_receipt
from billing.services.invoices import issue_invoice
from billing.services.ledger import credit_bucket
from billing.services.purchases import PaymentUnavailable
from billing.services.returns import apply_returns, sum_returns
from billing.services.review import flag_for_review, lock_purchase
from billing.services.transfer_returns import clear_notes, close_transfers


class NotBookable(Exception):
    """The payment cannot be booked for this purchase; the message says why, for staff."""


def settle_purchase(*, purchase_id: str, payment: Payment, actor: str) -> Purchase:
    """Book a captured payment atomically; repeating it changes nothing.

    A payment that differs from the purchase, or a duplicate one, is flagged for staff and never
    credited: check the returned `is_paid` and `payment_id`. What remains of the payment counts: a
    refund that is known already is subtracted. Raises `Purchase.DoesNotExist`, and `NotApproved`
    for a bank transfer.
    """
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if gateway_named(purchase.gateway).is_booked_by_staff:
            raise NotApproved(f"{purchase.reference} is paid by bank transfer, which staff book")
        if purchase.payment_id == payment.id:
            return purchase
        remaining = _remaining(purchase, payment)
        problem = _find_problem(purchase, payment)
        if problem is None and remaining != purchase.total_paise:
            problem = _describe_difference(purchase, payment, remaining)
        if problem:
            flag_for_review(purchase=purchase, note=problem, actor=actor)
            return purchase
        _book(purchase, payment, actor)
    return purchase


def book_payment(*, approval: Approval, payment: Payment) -> None:
    """Book a bank transfer, or a captured payment of more than the amount due, as staff decided.

    `payment` is what `fetch_payment` just returned. The difference is stored with the purchase and
    in the audit trail. Raises `NotApproved`, `NotBookable`.
    """
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.BOOKING)
        locked = lock_purchase(str(approved.purchase_id))
        if gateway_named(locked.gateway).is_booked_by_staff:
            # Another approval may have returned a transfer since.
            payment = fetch_payment(locked, payment_id=approved.payment_id)
        _check_bookable(locked, payment, approved.payment_id)
        clear_notes(purchase=locked, payment_ids={payment.id, *close_transfers(purchase=locked)})
        actor = approved.requested_by.email
        record_audit(
            partner=locked.partner,
            actor=actor,
            action="purchase.payment_booked",
            target=locked.pk,
            reference=locked.reference,
            payment=payment.id,
            difference_paise=payment.amount_paise - locked.total_paise,
            reason=approved.reason,
            **people_of(approved),
        )
        _book(locked, payment, actor)


def _check_bookable(purchase: Purchase, payment: Payment, approved_id: str) -> None:
    problem = _find_problem(purchase, payment)
    remaining = _remaining(purchase, payment)
    if problem is None and remaining < purchase.total_paise:
        problem = _describe_difference(purchase, payment, remaining)
    if payment.id != approved_id:
        problem = f"Payment {payment.id} is not the approved one."
    if problem:
        raise NotBookable(problem)


def fetch_payment(purchase: Purchase, *, payment_id: str) -> Payment:
    """Ask the gateway for a captured payment; raises `NotBookable`, `PaymentUnavailable`."""
    payment = next((x for x in fetch_captured(purchase) if x.id == payment_id), None)
    if payment is None:
        raise NotBookable(f"There is no captured payment {payment_id} for this purchase now.")
    return payment


def fetch_captured(purchase: Purchase) -> list[Payment]:
    """Ask the gateway for the captured payments of a purchase; raises `PaymentUnavailable`."""
    try:
        payments = gateway_named(purchase.gateway).fetch(purchase)
    except GatewayError as error:
        raise PaymentUnavailable(purchase) from error
    return [payment for payment in payments if payment.is_captured]


def _remaining(purchase: Purchase, payment: Payment) -> int:
    """Return what was neither refunded nor is being refunded, by any report."""
    known = sum_returns(purchase, payment_id=payment.id)
    return payment.amount_paise - max(payment.refunded_paise, known.gone + known.pending_refunds)


def _find_problem(purchase: Purchase, payment: Payment) -> str | None:
    """Return why no amount of a payment can be booked, as a sentence for staff."""
    if purchase.is_paid:
        return f"Duplicate payment {payment.id}. Refund it at the gateway."
    if payment.currency != purchase.currency:
        return f"Payment {payment.id} is in {payment.currency}, not {purchase.currency}."
    purchases = Purchase.objects.of_all()
    others = purchases.filter(gateway=purchase.gateway, payment_id=payment.id)
    if other := others.first():
        return f"Payment {payment.id} has already paid {other.reference}."
    return None


def _describe_difference(purchase: Purchase, payment: Payment, remaining: int) -> str:
    due, amount = rupees(purchase.total_paise), rupees(payment.amount_paise)
    if remaining != payment.amount_paise:
        amount = f"{amount}, of which {rupees(remaining)} remains after refunds"
    return f"Payment {payment.id} is {amount}, but {due} was due."


def _book(purchase: Purchase, payment: Payment, actor: str) -> None:
    purchase.bucket = credit_bucket(
        partner=purchase.partner,
        tier=purchase.tier,
        points=purchase.points,
        actor=actor,
        note=purchase.reference,
        package=purchase.package,
    )
    purchase.state = Purchase.State.PAID
    purchase.payment_id, purchase.paid_at = payment.id, payment.at
    purchase.excess_paise = payment.amount_paise - purchase.total_paise
    purchase.save(update_fields=["bucket", "state", "payment_id", "paid_at", "excess_paise"])
    _audit(purchase, actor, "purchase.paid", payment=payment.id, total_paise=purchase.total_paise)
    settled = settle_debts(bucket=purchase.bucket)
    if settled:
        _audit(purchase, actor, "purchase.debt_settled", points=settled)
    # Before its invoice: a payment of which the amount due remains needs no credit note.
    apply_returns(purchase=purchase, actor=actor)
    # Last, because issuing blocks the number series until the commit.
    issue_invoice(purchase=purchase)
    send_receipt(purchase, settled=settled)


def _audit(purchase: Purchase, actor: str, action: str, **detail: object) -> None:
    record_audit(
        partner=purchase.partner,
        actor=actor,
        action=action,
        target=purchase.pk,
        reference=purchase.reference,
        **detail,
    )
