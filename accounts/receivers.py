"""Record changes to a user's login in the audit trail of each of the user's partners."""

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


def connect() -> None:
    """Run once, when all apps are ready."""
    for signal, action in _ACTIONS:
        signal.connect(_recorder(action), weak=False, dispatch_uid=action)


def _recorder(action: str) -> Any:
    def record(user: User, authenticator: Authenticator | None = None, **details: Any) -> None:
        # allauth also signals the first address of a new user, which changes nothing.
        if details.get("from_email_address", details) is None:
            return
        target = authenticator.get_type_display() if authenticator else ""
        memberships = Member.objects.of_all().filter(user=user).select_related("partner")
        with transaction.atomic():
            for member in memberships:
                record_audit(partner=member.partner, actor=user.email, action=action, target=target)

    return record
