"""Invitations to join a partner's team, sent by email."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.emails import normalize_email
from accounts.models import AuditEntry, Invitation, Member, Partner, User
from accounts.names import validate_name
from accounts.services.audit import record_audit
from accounts.services.locks import lock_active_partner, lock_partner
from config.mail.send import send_mail

VALID_FOR = timedelta(days=7)
#: Open invitations and emails per day, so that the platform cannot be used for spam.
MAX_OPEN = 50
MAX_MAILS = 100
_MAILED = ("invitation.sent", "invitation.resent")


class AlreadyMember(Exception):
    """The address belongs to a member."""


class AlreadyInvited(Exception):
    """There is an open invitation to this address; it can be resent."""


class TooManyInvitations(Exception):
    """The partner has `MAX_OPEN` open invitations."""


class TooManyMails(Exception):
    """`MAX_MAILS` were sent in the last 24 hours."""


class InvalidInvitation(Exception):
    """Unknown, expired, withdrawn or already accepted."""


class EmailMismatch(Exception):
    """The invitation is for another email address."""


def invite_member(*, partner: Partner, email: str, role: str, inviter: User) -> Invitation:
    """Create an invitation and email its link; `email` is in any case.

    Raises `AlreadyMember`, `AlreadyInvited`, `TooManyInvitations`, `TooManyMails`,
    `PartnerInactive`.
    """
    email, token = normalize_email(email), _new_token()
    with transaction.atomic():
        # The partner's row is the lock for all changes of its team.
        partner = lock_active_partner(partner.pk)
        _check_limits(partner, email)
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
    """Email a new link, valid for seven days; the old link stops working.

    Raises `InvalidInvitation`, `TooManyMails`, `PartnerInactive`.
    """
    token = _new_token()
    with transaction.atomic():
        lock_active_partner(invitation.partner_id)
        invitation = _lock(_row_of(invitation))
        _check_daily_limit(invitation.partner)
        invitation.token_hash = _hash(token)
        invitation.expires_at = timezone.now() + VALID_FOR
        invitation.save(update_fields=["token_hash", "expires_at"])
        _record(invitation, inviter.email, "invitation.resent")
        _mail(invitation, token, inviter)


def withdraw_invitation(*, invitation: Invitation, actor: str) -> None:
    """Raise `InvalidInvitation` if it is no longer open."""
    with transaction.atomic():
        lock_partner(invitation.partner_id)
        invitation = _lock(_row_of(invitation))
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        _record(invitation, actor, "invitation.withdrawn")


def find_invitation(token: str) -> Invitation:
    """Return the invitation for an emailed token. Raises `InvalidInvitation`."""
    usable = Invitation.objects.of_all().usable().select_related("partner", "invited_by")
    invitation = usable.filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise InvalidInvitation
    return invitation


def accept_invitation(*, token: str, user: User) -> Member:
    """Make `user` a member; an existing member keeps their role.

    Raises `InvalidInvitation`, `EmailMismatch`.
    """
    with transaction.atomic():
        usable = Invitation.objects.of_all().usable()
        invitation = _lock(usable.filter(token_hash=_hash(token)))
        if invitation.email != user.email:
            raise EmailMismatch
        member, _ = Member.objects.of(invitation.partner_id).get_or_create(
            partner=invitation.partner, user=user, defaults={"role": invitation.role}
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        _record(invitation, user.email, "invitation.accepted")
    return member


def join_as_new_user(*, token: str, name: str, password: str) -> User:
    """Create a login and a membership; the emailed token proves the address.

    Raises `InvalidInvitation`, `InvalidName`, and `django.db.IntegrityError` if the address has a
    login.
    """
    validate_name(name)
    with transaction.atomic():
        invitation = find_invitation(token)
        user = User.objects.create_verified_user(invitation.email, password, name=name)
        accept_invitation(token=token, user=user)
    return user


def _row_of(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.of(invitation.partner_id).filter(pk=invitation.pk)


def _check_limits(partner: Partner, email: str) -> None:
    if partner.members.filter(user__email=email).exists():
        raise AlreadyMember
    still_open = partner.invitations.open()
    if still_open.filter(email=email).exists():
        raise AlreadyInvited
    if still_open.count() >= MAX_OPEN:
        raise TooManyInvitations
    _check_daily_limit(partner)


def _check_daily_limit(partner: Partner) -> None:
    """Count by the audit trail, so that withdrawing an invitation does not allow more."""
    recent = AuditEntry.objects.of(partner.id).filter(at__gt=Now() - timedelta(days=1))
    if recent.filter(action__in=_MAILED).count() >= MAX_MAILS:
        raise TooManyMails


def _lock(invitations: QuerySet[Invitation]) -> Invitation:
    still_open = invitations.filter(accepted_at=None, withdrawn_at=None)
    invitation = still_open.select_for_update(of=("self",)).select_related("partner").first()
    if invitation is None:
        raise InvalidInvitation
    return invitation


def _record(invitation: Invitation, actor: str, action: str) -> None:
    record_audit(partner=invitation.partner, actor=actor, action=action, target=invitation.email)


def _mail(invitation: Invitation, token: str, inviter: User) -> None:
    """Name company and inviter to people with a login only: others did not ask for our mail."""
    login = EmailAddress.objects.filter(email=invitation.email, verified=True)
    send_mail(
        "invitation",
        [invitation.email],
        invitation=invitation,
        inviter=inviter if login.exists() else None,
        url=settings.PUBLIC_URL + reverse("invitation", args=[token]),
        days=VALID_FOR.days,
        fallback=inviter.language,
    )


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
