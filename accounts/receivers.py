"""Notes in the audit trail of each of a person's partners what the person did about the login."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.dispatch import Signal

from accounts.models import Member, User
from accounts.services.audit import record_audit

_ACTIONS: list[tuple[Signal, str]] = [
    (account.password_changed, "login.password_changed"),
    (account.password_reset, "login.password_reset"),
    (account.email_changed, "login.email_changed"),
    (mfa.authenticator_added, "login.second_factor_added"),
    (mfa.authenticator_removed, "login.second_factor_removed"),
    (mfa.authenticator_reset, "login.recovery_codes_generated"),
]


def listen() -> None:
    """Called once, when all apps are there."""
    for signal, action in _ACTIONS:
        signal.connect(_recorder(action), weak=False, dispatch_uid=action)


def _recorder(action: str) -> Any:
    def record(user: User, authenticator: Authenticator | None = None, **told: Any) -> None:
        # To allauth the first address of a login is a change too; nothing was changed by it.
        if told.get("from_email_address", told) is None:
            return
        target = authenticator.get_type_display() if authenticator else ""
        memberships = Member.objects.filter(user=user).select_related("partner")
        with transaction.atomic():
            for member in memberships:
                record_audit(partner=member.partner, actor=user.email, action=action, target=target)

    return record
