"""What happens to users' logins: their own history, and the audit trail of their partners."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.models import Partner, SecurityEvent, User
from accounts.services.audit import record_audit
from config.db.encryption import lookup_hash


def record_security_event(
    *, user: User, action: str, client: ClientInfo, target: str = "", **detail: Any
) -> None:
    """Add an event with the user as actor: to the history and to the trail of each partner.

    A user without a partner has entries of the platform.
    """
    with transaction.atomic():
        SecurityEvent.objects.create(
            user=user,
            action=action,
            target=target,
            address=client.address,
            user_agent=client.user_agent,
        )
        for partner in _partners(user) or [None]:
            record_audit(
                partner=partner,
                actor=user.email,
                action=action,
                target=target,
                **_origin(client),
                **detail,
            )


def record_staff_action(
    *, user: User, action: str, actor: str, client: ClientInfo | None, **detail: Any
) -> None:
    """Add what staff did to the login of `user`.

    The trail of the platform also has the address and device of staff, which partners do not see.
    """
    with transaction.atomic():
        SecurityEvent.objects.create(user=user, action=action)
        entry: dict[str, Any] = {"actor": actor, "action": action, "target": user.email, **detail}
        for partner in _partners(user):
            record_audit(partner=partner, **entry)
        record_audit(partner=None, **entry, **(_origin(client) if client else {}))


def record_unknown_sign_in(*, email: str, client: ClientInfo) -> None:
    """Add a failed sign-in with an address that has no login, which the trail must not reveal."""
    record_audit(
        partner=None,
        actor="unknown",
        action="login.unknown_address",
        target=_hidden(email),
        **_origin(client),
    )


def record_sign_up_rejected(*, email: str, client: ClientInfo) -> None:
    """Add the end of a sign-up under an address whose owner wants nothing stored about it."""
    record_audit(
        partner=None,
        actor="unknown",
        action="login.sign_up_rejected",
        target=_hidden(email),
        **_origin(client),
    )


def _hidden(email: str) -> str:
    return lookup_hash("sign-in", normalize_email(email)).hex()[:32]


def _partners(user: User) -> list[Partner | None]:
    return [member.partner for member in user.memberships.select_related("partner")]


def _origin(client: ClientInfo) -> dict[str, Any]:
    return {"ip_address": client.address, "device": client.device}
