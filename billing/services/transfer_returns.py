"""Closes bank transfers whose booking or return was approved."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from accounts.services.audit import record_audit
from billing.models import Approval, BankTransfer, Purchase
from billing.services.claims import claim_approval, people_of
from billing.services.review import lock_purchase


class NotReturnable(Exception):
    """The transfer is booked or returned; the message is for staff."""


def return_transfer(*, approval: Approval) -> None:
    """Note that staff sent a transfer back. Raises `NotApproved`, `NotReturnable`."""
    with transaction.atomic():
        approved = claim_approval(approval=approval, kind=Approval.Kind.RETURN)
        locked = lock_purchase(str(approved.purchase_id))
        mine = BankTransfer.objects.of(locked.partner_id).filter(purchase=locked).open()
        transfers = mine.select_for_update(no_key=True).filter(reference=approved.payment_id)
        if not transfers.update(state=BankTransfer.State.RETURNED, closed_at=Now()):
            raise NotReturnable(f"Transfer {approved.payment_id} is booked or returned already")
        clear_notes(purchase=locked, payment_ids={approved.payment_id})
        record_audit(
            partner=locked.partner,
            actor=approved.requested_by.email,
            action="purchase.transfer_returned",
            target=locked.pk,
            reference=locked.reference,
            transfer=approved.payment_id,
            reason=approved.reason,
            **people_of(approved),
        )


def close_transfers(*, purchase: Purchase) -> set[str]:
    """Mark the open transfers of a locked purchase as booked; return their references."""
    mine = BankTransfer.objects.of(purchase.partner_id).filter(purchase=purchase).open()
    references = set(mine.values_list("reference", flat=True))
    mine.update(state=BankTransfer.State.BOOKED, closed_at=Now())
    return references


def clear_notes(*, purchase: Purchase, payment_ids: set[str]) -> None:
    """Remove what a locked purchase notes of these payments."""
    notes = purchase.attention.splitlines()
    kept = [note for note in notes if not any(each in note for each in payment_ids)]
    purchase.attention = "\n".join(kept)
    purchase.save(update_fields=["attention"])
