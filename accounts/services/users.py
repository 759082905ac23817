"""Users' own settings, addresses and sessions."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import F

from accounts.models import User


def remove_other_addresses(*, user: User) -> None:
    """Delete the user's former addresses; the new one must be verified at the next sign-in."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


def end_all_sessions(*, user: User) -> None:
    """Sign the user out everywhere and forget all devices, from the next request on."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])
    UserSession.objects.filter(user=user).delete()
