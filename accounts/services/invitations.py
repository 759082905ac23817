"""Invitations: a place in a partner, offered by mail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Member, Partner, User
from accounts.services.audit import record_audit
from config.mail.send import send_mail

VALID_FOR = timedelta(days=7)
#: Open at once, and mailed in a day, so that nobody can mail the world through us.
MOST_OPEN = 50
MOST_MAILS = 100
_MAILED = ("invitation.sent", "invitation.resent")


class AlreadyMember(Exception):
    """The address belongs to a member already."""


class AlreadyInvited(Exception):
    """An invitation to this address is open; it can be sent again."""


class TooManyInvitations(Exception):
    """As many are open as may be."""


class TooManyMails(Exception):
    """As many were mailed in the last 24 hours as may be."""


class InvitationEnded(Exception):
    """Unknown, expired, withdrawn or used: an invitation that lets nobody in."""


class WrongAddress(Exception):
    """The invitation is for another address than the person's."""


def invite_member(*, partner: Partner, email: str, role: str, inviter: User) -> Invitation:
    """Offers a place and mails the link. `email` in any case.

    Raises `AlreadyMember`, `AlreadyInvited`, `TooManyInvitations`, `TooManyMails`.
    """
    email, token = email.strip().lower(), _new_token()
    with transaction.atomic():
        # The partner's row is the lock, as for everything that changes its team.
        partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        _check_room(partner, email)
        invitation = Invitation.objects.create(
            partner=partner,
            email=email,
            role=role,
            token_hash=_hash(token),
            invited_by=inviter,
            expires_at=timezone.now() + VALID_FOR,
        )
        record_audit(
            partner=partner,
            actor=inviter.email,
            action="invitation.sent",
            target=email,
            role=role,
        )
        _mail(invitation, token, inviter)
    return invitation


def resend_invitation(*, invitation: Invitation, inviter: User) -> None:
    """Mails a new link, good for seven days; the link before it ends.

    Raises `InvitationEnded`, `TooManyMails`.
    """
    token = _new_token()
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=invitation.partner_id)
        invitation = _lock(Invitation.objects.filter(pk=invitation.pk))
        _check_pace(invitation.partner)
        invitation.token_hash = _hash(token)
        invitation.expires_at = timezone.now() + VALID_FOR
        invitation.save(update_fields=["token_hash", "expires_at"])
        _record(invitation, inviter.email, "invitation.resent")
        _mail(invitation, token, inviter)


def withdraw_invitation(*, invitation: Invitation, actor: str) -> None:
    """Ends the invitation; its link lets nobody in any more. Raises `InvitationEnded`."""
    with transaction.atomic():
        invitation = _lock(Invitation.objects.filter(pk=invitation.pk))
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        _record(invitation, actor, "invitation.withdrawn")


def find_invitation(token: str) -> Invitation:
    """The invitation that the mailed `token` opens. Raises `InvitationEnded`."""
    usable = Invitation.objects.select_related("partner", "invited_by").usable()
    invitation = usable.filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise InvitationEnded
    return invitation


def accept_invitation(*, token: str, user: User) -> Member:
    """Makes `user` a member; one who is a member already keeps the role.

    Raises `InvitationEnded`, `WrongAddress`.
    """
    with transaction.atomic():
        invitation = _lock(Invitation.objects.usable().filter(token_hash=_hash(token)))
        if invitation.email != user.email:
            raise WrongAddress
        member, _ = Member.objects.get_or_create(
            partner=invitation.partner, user=user, defaults={"role": invitation.role}
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        _record(invitation, user.email, "invitation.accepted")
    return member


def join_as_new_person(*, token: str, name: str, password: str) -> User:
    """Makes the invited person's login and membership; the mail proved the address.

    Raises `InvitationEnded`, and `django.db.IntegrityError` where the address has a login.
    """
    with transaction.atomic():
        invitation = find_invitation(token)
        user = User.objects.create_verified_user(invitation.email, password, name=name)
        accept_invitation(token=token, user=user)
    return user


def _check_room(partner: Partner, email: str) -> None:
    if partner.members.filter(user__email=email).exists():
        raise AlreadyMember
    still_open = partner.invitations.open()
    if still_open.filter(email=email).exists():
        raise AlreadyInvited
    if still_open.count() >= MOST_OPEN:
        raise TooManyInvitations
    _check_pace(partner)


def _check_pace(partner: Partner) -> None:
    """By the audit trail, which withdrawing an invitation does not shorten."""
    recent = AuditEntry.objects.filter(partner=partner, at__gt=Now() - timedelta(days=1))
    if recent.filter(action__in=_MAILED).count() >= MOST_MAILS:
        raise TooManyMails


def _lock(invitations: QuerySet[Invitation]) -> Invitation:
    still_open = invitations.filter(accepted_at=None, withdrawn_at=None)
    invitation = still_open.select_for_update(of=("self",)).select_related("partner").first()
    if invitation is None:
        raise InvitationEnded
    return invitation


def _record(invitation: Invitation, actor: str, action: str) -> None:
    record_audit(partner=invitation.partner, actor=actor, action=action, target=invitation.email)


def _mail(invitation: Invitation, token: str, inviter: User) -> None:
    send_mail(
        "invitation",
        [invitation.email],
        invitation=invitation,
        inviter=inviter,
        url=settings.PUBLIC_URL + reverse("invitation", args=[token]),
        days=VALID_FOR.days,
    )


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
