"""Bank transfers: staff record what the statement shows; an approval books or returns it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from accounts.services.audit import record_audit
from billing.gateways import gateway_named
from billing.models import Approval, BankTransfer, Purchase
from billing.money import rupees
from billing.services.approval_rules import REQUEST, lock_person
from billing.services.approvals import request_approval
from billing.services.review import flag_for_review, lock_purchase
from billing.shares import share_of_points


class TransferRefused(Exception):
    """The transfer cannot be recorded or returned; the message is for staff."""


def record_transfer(
    *, purchase: Purchase, reference: str, amount_paise: int, received_on: date, staff: User
) -> Approval | None:
    """Record a transfer, and ask for it to be booked if the amount due has arrived.

    Any other amount is flagged, and None is returned. Raises `TransferRefused`, `ApprovalRefused`.
    """
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        person = lock_person(user=staff, permission=REQUEST)
        reference = reference.strip().upper()
        _check_new(locked, reference)
        made = BankTransfer.objects.create(
            partner=locked.partner,
            purchase=locked,
            reference=reference,
            amount_paise=amount_paise,
            received_on=received_on,
            recorded_by=person,
        )
        record_audit(
            partner=locked.partner,
            actor=person.email,
            action="purchase.transfer_recorded",
            target=locked.pk,
            reference=locked.reference,
            transfer=reference,
            amount_paise=amount_paise,
        )
        open_ones = BankTransfer.objects.of(locked.partner_id).filter(purchase=locked).open()
        total = open_ones.aggregate(total=Sum("amount_paise"))["total"]
        if locked.is_paid or total != locked.total_paise:
            note = _describe(locked, made, total)
            flag_for_review(purchase=locked, note=note, actor=person.email)
            return None
        return request_approval(
            asker=person,
            partner=locked.partner,
            kind=Approval.Kind.BOOKING,
            points=locked.points,
            reason=f"Bank transfer {reference}",
            purchase=locked,
            payment_id=_first(locked).reference,
        )


def request_return(*, transfer: BankTransfer, asker: User, reason: str, once: str) -> Approval:
    """Ask for an open transfer to go back. Raises `ApprovalRefused`, `AlreadyRequested`."""
    purchase = transfer.purchase
    share = share_of_points(purchase.points, transfer.amount_paise, purchase.total_paise)
    return request_approval(
        asker=asker,
        partner=transfer.partner,
        kind=Approval.Kind.RETURN,
        points=-max(share, 1),
        reason=reason,
        approval_id=once,
        purchase=purchase,
        payment_id=transfer.reference,
    )


def _check_new(purchase: Purchase, reference: str) -> None:
    if not gateway_named(purchase.gateway).is_booked_by_staff:
        raise TransferRefused(f"{purchase.reference} is not paid by bank transfer")
    if other := BankTransfer.objects.of_all().filter(reference=reference).first():
        raise TransferRefused(f"Transfer {reference} is recorded for {other.purchase} already")
    paid = Purchase.objects.of_all().filter(gateway=purchase.gateway, payment_id=reference)
    if first := paid.first():
        raise TransferRefused(f"Transfer {reference} has already paid {first}")


def _describe(purchase: Purchase, transfer: BankTransfer, total: int) -> str:
    if purchase.is_paid:
        return f"Duplicate payment {transfer.reference}. Return it."
    so_far = f", {rupees(total)} in all" if total != transfer.amount_paise else ""
    due = rupees(purchase.total_paise)
    return f"Payment {transfer.reference} is {rupees(transfer.amount_paise)}{so_far}; {due} is due."


def _first(purchase: Purchase) -> BankTransfer:
    mine = BankTransfer.objects.of(purchase.partner_id).filter(purchase=purchase)
    return mine.open().earliest("recorded_at", "id")
