"""Users' own settings, addresses and sessions."""

from __future__ import annotations

from collections.abc import Iterable

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


def choose_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)


def languages_of(addresses: Iterable[str]) -> dict[str, str]:
    """Return the language of each address that belongs to a login; emails to staff are English."""
    users = User.objects.filter(email__in=[*addresses], is_staff=False)
    rows = users.values_list("email", "language")
    return dict(rows)
