"""Users' own settings, and recovery of their logins by staff."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.models import Partner, User
from accounts.services.audit import record_audit


def choose_time_zone(*, user: User, time_zone: str) -> None:
    """Set the display time zone by IANA name; "" uses that of the browser."""
    user.time_zone = time_zone
    user.save(update_fields=["time_zone"])


def remove_other_addresses(*, user: User) -> None:
    """Delete the user's former addresses; the new one must be verified at the next sign-in."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


def remove_second_factors(*, user: User, actor: str) -> bool:
    """Let the password alone sign the user in; return False if there was no second factor."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if removed:
            memberships = user.memberships.select_related("partner")
            partners: list[Partner | None] = [member.partner for member in memberships]
            # Staff have no partner; their entries belong to the platform.
            for partner in partners or [None]:
                record_audit(
                    partner=partner,
                    actor=actor,
                    action="login.second_factor_reset",
                    target=user.email,
                )
    return bool(removed)
