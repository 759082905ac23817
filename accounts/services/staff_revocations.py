"""What staff end for a whole partner or one of its members: keys, links and sessions.

Each takes effect with the commit, in every process, and is emailed to those whom it concerns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.models import ApiKey, AutoLoginLink, Member, Partner, User
from accounts.services.audit import record_audit
from accounts.services.keys import revoke_key
from accounts.services.live_access import owners_of
from accounts.services.locks import lock_partner
from accounts.services.security_events import record_staff_action
from accounts.services.staff_actions import Staff
from accounts.services.users import end_all_sessions
from config.mail.send import send_mail

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def revoke_key_by_staff(*, key: ApiKey, reason: str, actor: str) -> bool:
    """Revoke one key and email the owners; return False if it was revoked already."""
    with transaction.atomic():
        partner = lock_partner(key.partner_id)
        if not revoke_key(key=key, actor=actor, reason=reason):
            return False
        text = gettext_lazy("The API key {key} was revoked and no longer works.")
        _tell_owners(partner, format_lazy(text, key=key), reason)
    return True


def revoke_all_keys(*, partner: Partner, reason: str, actor: str) -> int:
    """Revoke all keys of a partner, of every kind, and return their number.

    The partner's lock keeps new keys waiting, so that none is missed.
    """
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        keys = list(ApiKey.objects.of(partner.pk).filter(revoked_at=None))
        revoked = sum(revoke_key(key=key, actor=actor, reason=reason) for key in keys)
        if revoked:
            text = gettext_lazy("All {number} of its API keys were revoked.")
            _tell_owners(partner, format_lazy(text, number=revoked), reason)
    return revoked


def revoke_all_links(*, partner: Partner, reason: str, actor: str) -> int:
    """Revoke the auto-login links of all accounts of a partner and return their number."""
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        usable = AutoLoginLink.objects.of(partner.pk).not_revoked()
        revoked = usable.update(revoked_at=Now())
        if revoked:
            record_audit(
                partner=partner,
                actor=actor,
                action="auto_login.all_of_partner_revoked",
                target=partner.id,
                links=revoked,
                reason=reason,
            )
            text = gettext_lazy(
                "All auto-login links of its accounts, {number} in number, were revoked."
            )
            _tell_owners(partner, format_lazy(text, number=revoked), reason)
    return revoked


def sign_out_member(*, member: Member, reason: str, staff: Staff) -> None:
    """Sign a member out everywhere and forget the devices, from the next request on."""
    with transaction.atomic():
        _sign_out(member.user, reason, staff)


def sign_out_members(*, partner: Partner, reason: str, staff: Staff) -> int:
    """Sign all members of a partner out and return their number."""
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        members = list(partner.members.select_related("user").order_by("user_id"))
        for member in members:
            _sign_out(member.user, reason, staff)
    return len(members)


def _sign_out(user: User, reason: str, staff: Staff) -> None:
    end_all_sessions(user=user)
    record_staff_action(
        user=user,
        action="login.signed_out_by_staff",
        actor=staff.actor,
        client=staff.client,
        reason=reason,
    )
    text = gettext_lazy("You were signed out on all devices.")
    send_mail("login_changed_by_staff", [user.email], text=text, reason=reason)


def _tell_owners(partner: Partner, text: StrOrPromise, reason: str) -> None:
    send_mail("changed_by_staff", owners_of(partner), partner=partner, text=text, reason=reason)
