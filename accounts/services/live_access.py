"""Requests of partners for live access, and the decisions of staff."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import LiveAccessRequest, Member, Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_active_partner, lock_partner
from config.mail.send import send_mail

State = LiveAccessRequest.State
_validate_website = URLValidator(schemes=("http", "https"))


class LiveAccessError(Exception):
    """Live access can't be requested or declined now; the message says why."""


def request_live_access(*, partner: Partner, website: str, purpose: str, actor: str) -> None:
    """Ask staff for live keys.

    Raises `LiveAccessError`, `PartnerInactive`, and `ValidationError` for an invalid website.
    """
    _validate_website(website)
    with transaction.atomic():
        partner = lock_active_partner(partner.pk)
        if partner.live_approved_at:
            raise LiveAccessError(gettext("Your company has live access already."))
        if partner.live_access_requests.waiting().exists():
            raise LiveAccessError(gettext("Your request is waiting for ShopIQ's decision."))
        LiveAccessRequest.objects.create(
            partner=partner, requested_by=actor, website=website, purpose=purpose
        )
        record_audit(
            partner=partner,
            actor=actor,
            action="partner.live_access_requested",
            target=partner.id,
            website=website,
        )


def approve_partner(*, partner: Partner, actor: str) -> bool:
    """Allow live keys and email the owners; return False if already approved.

    A partner need not have asked: staff may have agreed with it otherwise.
    """
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        if partner.live_approved_at:
            return False
        partner.live_approved_at = timezone.now()
        partner.save(update_fields=["live_approved_at"])
        _decide(partner, State.APPROVED, actor)
        record_audit(partner=partner, actor=actor, action="partner.approved", target=partner.id)
        send_mail("approved", owners_of(partner), partner=partner)
    return True


def decline_live_access(*, partner: Partner, reason: str, actor: str) -> None:
    """Decline the waiting request and email the reason; the partner can ask again.

    Raises `LiveAccessError` if no request waits, for example since a colleague decided it.
    """
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        if not _decide(partner, State.DECLINED, actor, reason=reason):
            raise LiveAccessError("No request of this partner is waiting.")
        record_audit(
            partner=partner,
            actor=actor,
            action="partner.live_access_declined",
            target=partner.id,
            reason=reason,
        )
        send_mail("live_access_declined", owners_of(partner), partner=partner, reason=reason)


def owners_of(partner: Partner) -> Any:
    """Return the email addresses of the active owners."""
    mine = Member.objects.of(partner.company_id)
    owners = mine.filter(role=Member.Role.OWNER, user__is_active=True)
    return owners.values_list("user__email", flat=True)


def _decide(partner: Partner, state: str, actor: str, reason: str = "") -> int:
    return partner.live_access_requests.waiting().update(
        state=state, decided_at=timezone.now(), decided_by=actor, reason=reason
    )
