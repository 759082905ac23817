"""A team with four roles, invitations, and an audit trail."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Member
from tests.seed.history import ago, backdate
from tests.seed.passkeys import add_passkey
from tests.seed.side import Side
from tests.users import create_user

_TEAM = {
    "owner": "Priya Nair",
    "admin": "Arjun Mehta",
    "developer": "Kavya Iyer",
    "viewer": "Rohan Das",
}
_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def add_people(side: Side) -> None:
    for days, (role, name) in enumerate(_TEAM.items()):
        first, _, last = name.partition(" ")
        user = create_user(side.partner, role, f"{first}.{last}@{side.domain}".lower())
        user.name = name
        user.last_login = ago(hours=5 + 40 * days)
        user.save()
        side.people[role] = user
    members = {member.role: member for member in side.partner.members.all()}
    backdate(
        Member,
        {member.pk: ago(days=120 - 9 * place) for place, member in enumerate(members.values())},
        "created_at",
    )
    side.rows["member"] = str(members["developer"].pk)
    _add_second_factor(side)
    side.rows["passkey"] = str(add_passkey(side.owner, "Work laptop").pk)
    _invite(side, f"meera.krishnan@{side.domain}", Member.Role.DEVELOPER, days=2)
    _invite(side, f"accounts@{side.domain}", Member.Role.ADMIN, days=9)


def _add_second_factor(side: Side) -> None:
    Authenticator.objects.create(
        user=side.people["admin"], type=Authenticator.Type.TOTP, data={"secret": _TOTP_SECRET}
    )
    side.secrets.append(_TOTP_SECRET)


def _invite(side: Side, email: str, role: str, *, days: int) -> None:
    """Invite someone; invitations older than a week have expired."""
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        partner=side.partner,
        email=email,
        role=role,
        token_hash=sha256(token.encode()).digest(),
        invited_by=side.owner,
        expires_at=timezone.now() + timedelta(days=7 - days),
    )
    backdate(Invitation, {invitation.pk: ago(days=days)}, "created_at")
    side.rows["invitation"] = invitation.pk
    side.secrets.append(token)


def spread_audit(side: Side) -> None:
    """Spread the audit entries over the last months, in order."""
    entries = AuditEntry.objects.filter(partner=side.partner).order_by("at")
    ids = list(entries.values_list("id", flat=True))
    backdate(
        AuditEntry,
        {pk: ago(hours=9 + 31 * (len(ids) - place)) for place, pk in enumerate(ids)},
        "at",
    )
    side.rows["audit_entry"] = str(ids[-1])
