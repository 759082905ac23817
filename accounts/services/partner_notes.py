"""Notes of staff about partners, and who looks after them. Partners see neither."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Partner, PartnerNote, User
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner


class NotStaff(ValueError):
    """Only active staff can look after a partner."""


def add_note(*, partner: Partner, text: str, actor: str) -> None:
    """Add a note, which stays as it is: its author and time are part of the record."""
    PartnerNote.objects.create(partner=partner, author=actor, text=text)


def assign_owner(*, partner: Partner, owner: User | None, actor: str) -> None:
    """Choose who looks after the partner, or no one. Raises `NotStaff`."""
    if owner and not (owner.is_staff and owner.is_active):
        raise NotStaff
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        before = partner.staff_owner
        if before == owner:
            return
        partner.staff_owner = owner
        partner.save(update_fields=["staff_owner"])
        record_audit(
            partner=None,
            actor=actor,
            action="partner.owner_assigned",
            target=partner.id,
            before=before.email if before else None,
            after=owner.email if owner else None,
        )
