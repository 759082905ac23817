"""Points and money that staff move: one person asks with a reason, another one approves.

A request is carried out in the transaction that approves it. The services that move points refuse
one that is not approved (`claim_approval`). Locks: the partner, the approval, the person, then what
the movement locks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Partner, User
from accounts.services.audit import record_audit
from billing.gateways import Payment
from billing.models import Approval
from billing.services.approval_emails import send_decision, send_request
from billing.services.approval_rules import (
    DECIDE,
    REQUEST,
    ApprovalRefused,
    check_approval_limit,
    check_request_limit,
    check_single,
    is_same_person,
    lock_person,
    require_permission,
)
from billing.services.claims import lock_approval
from billing.services.corrections import correct_points
from billing.services.debts import write_off_debt
from billing.services.ledger import grant_points
from billing.services.refunds import finish_refund, refund_purchase
from billing.services.settlement import book_payment, fetch_payment
from billing.services.transfer_returns import return_transfer
from config.db.clock import database_now
from config.db.ids import new_id

Kind, State = Approval.Kind, Approval.State
_MOVES: dict[str, Callable[..., object]] = {
    Kind.GRANT: grant_points,
    Kind.CORRECTION: correct_points,
    Kind.REFUND: refund_purchase,
    Kind.BOOKING: book_payment,
    Kind.RETURN: return_transfer,
    Kind.WRITE_OFF: write_off_debt,
}


class AlreadyRequested(Exception):
    """A request with this ID exists: its form was submitted twice."""


def request_approval(
    *,
    asker: User,
    partner: Partner,
    kind: Approval.Kind,
    points: int,
    reason: str,
    approval_id: str | None = None,
    **terms: Any,
) -> Approval:
    """Ask for a movement of signed hundredths; `terms` are further fields of `Approval`.

    Raises `ApprovalRefused`, and `AlreadyRequested` for an `approval_id` that exists.
    """
    with transaction.atomic():
        asker = lock_person(user=asker, permission=REQUEST)
        if approval_id and Approval.objects.of_all().filter(pk=approval_id).exists():
            raise AlreadyRequested
        check_request_limit(user=asker, size=abs(points))
        approval = Approval.objects.create(
            id=approval_id or new_id(),
            partner=partner,
            kind=kind,
            points=points,
            reason=reason,
            requested_by=asker,
            expires_at=database_now() + timedelta(days=settings.APPROVAL_DAYS),
            **terms,
        )
        _audit(approval, asker.email, "requested", reason=reason)
        send_request(approval)
    return approval


def approve(*, approval: Approval, approver: User) -> Approval:
    """Approve a request and carry it out, once.

    Raises `ApprovalRefused`, `PaymentUnavailable`, and whatever the movement raises: then the
    request stays as it was.
    """
    _check_pending(Approval.objects.of(approval.partner_id).get(pk=approval.pk))
    payment = fetch_approved_payment(approval)
    with transaction.atomic():
        locked = lock_approval(approval_id=approval.pk)
        _check_pending(locked)
        person = lock_person(user=approver, permission=DECIDE)
        require_permission(user=locked.requested_by, permission=REQUEST)
        locked.is_single = is_same_person(user=person, approval=locked)
        if locked.is_single:
            check_single(user=person, approval=locked)
        check_approval_limit(user=person, size=locked.size)
        _decide(locked, State.APPROVED, person)
        result = carry_out(approval=locked, payment=payment)
    if locked.kind == Kind.REFUND:
        finish_refund(purchase=result)
    return locked


def decline_approval(*, approval: Approval, approver: User, note: str) -> None:
    """Raise `ApprovalRefused` for one's own request: that is withdrawn."""
    with transaction.atomic():
        locked = lock_approval(approval_id=approval.pk)
        _check_pending(locked)
        person = lock_person(user=approver, permission=DECIDE)
        if person == locked.requested_by:
            raise ApprovalRefused("Withdraw what you asked for yourself")
        locked.decision_note = note
        _decide(locked, State.DECLINED, person)


def withdraw_approval(*, approval: Approval, asker: User) -> None:
    with transaction.atomic():
        locked = lock_approval(approval_id=approval.pk)
        _check_pending(locked)
        if asker != locked.requested_by:
            raise ApprovalRefused("Only the person who asked can withdraw it")
        _decide(locked, State.WITHDRAWN, asker)


def lapse_approvals() -> int:
    """End requests that no one decided in time; return how many."""
    due = Approval.objects.of_all().lapsed().values_list("pk", flat=True)
    return sum(_lapse(approval_id) for approval_id in list(due))


def _lapse(approval_id: str) -> bool:
    with transaction.atomic():
        locked = lock_approval(approval_id=approval_id)
        if is_pending := locked.is_pending:
            _decide(locked, State.LAPSED, None)
    return is_pending


def fetch_approved_payment(approval: Approval) -> Payment | None:
    """Ask the gateway for the payment to book. Raises `NotBookable`, `PaymentUnavailable`."""
    if approval.kind != Kind.BOOKING or approval.purchase is None:
        return None
    return fetch_payment(approval.purchase, payment_id=approval.payment_id)


def carry_out(*, approval: Approval, payment: Payment | None) -> Any:
    """Make the movement of an approved request; raises `NotApproved` for any other."""
    more = {"payment": payment} if payment else {}
    return _MOVES[approval.kind](approval=approval, **more)


def _check_pending(approval: Approval) -> None:
    if not approval.is_pending:
        raise ApprovalRefused(f"This request is {approval.get_state_display().lower()} already")
    if approval.expires_at <= database_now():
        raise ApprovalRefused("This request has lapsed. Ask again")


def _decide(approval: Approval, state: Approval.State, person: User | None) -> None:
    approval.state, approval.decided_by = state, person
    approval.decided_at = database_now()
    approval.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "is_single"])
    actor = person.email if person else "system"
    _audit(approval, actor, str(state), note=approval.decision_note)
    send_decision(approval)


def _audit(approval: Approval, actor: str, action: str, **detail: object) -> None:
    record_audit(
        partner=None,
        actor=actor,
        action=f"approval.{action}",
        target=approval.pk,
        kind=approval.kind,
        points=approval.points,
        partner_id=approval.partner_id,
        **detail,
    )
