"""Changing the roles of members, and removing members."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction

from accounts.models import Member, Partner, User
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner


class LastOwner(Exception):
    """Without this owner, the partner could not be managed any more."""


class NotAMember(Exception):
    """The membership has ended in the meantime."""


class NoSecondFactor(Exception):
    """The owner who wants to require a second factor has none."""


def change_role(*, member: Member, role: str, actor: str) -> None:
    """Raise `LastOwner`, `NotAMember`."""
    with transaction.atomic():
        member = _lock(member)
        if member.role == role:
            return
        before, member.role = member.role, role
        member.save(update_fields=["role"])
        _check_owner(member.partner)
        record_audit(
            partner=member.partner,
            actor=actor,
            action="member.role_changed",
            target=member.user.email,
            before=before,
            after=role,
        )


def remove_member(*, member: Member, actor: str) -> None:
    """End a membership, from the user's next request on.

    Raises `LastOwner`, `NotAMember`.
    """
    with transaction.atomic():
        member = _lock(member)
        member.delete()
        _check_owner(member.partner)
        email = member.user.email
        action = "member.left" if actor == email else "member.removed"
        record_audit(
            partner=member.partner, actor=actor, action=action, target=email, role=member.role
        )


def set_second_factor_rule(*, partner: Partner, required: bool, owner: User) -> None:
    """Require a second factor or make it optional. Raises `NoSecondFactor` if `owner` has none."""
    if required and not is_mfa_enabled(owner):
        raise NoSecondFactor
    action = "partner.second_factor_required" if required else "partner.second_factor_optional"
    with transaction.atomic():
        lock_partner(partner.pk)
        changed = Partner.objects.filter(pk=partner.pk, requires_second_factor=not required)
        if changed.update(requires_second_factor=required):
            record_audit(partner=partner, actor=owner.email, action=action, target=partner.id)


def _lock(member: Member) -> Member:
    """Return the member as stored, under the partner's lock, which serializes changes of a team."""
    lock_partner(member.partner_id)
    members = Member.objects.of(member.partner_id).select_related("partner", "user")
    current = members.filter(pk=member.pk).first()
    if current is None:
        raise NotAMember
    return current


def _check_owner(partner: Partner) -> None:
    if not partner.members.filter(role=Member.Role.OWNER).exists():
        raise LastOwner
