"""Users of the dashboard."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from accounts.models import Member, Partner, User

ROLES = tuple(Member.Role.values)


class FastHasher(PBKDF2PasswordHasher):
    """Django's own hasher with one iteration; servers with the real settings accept its hashes."""

    iterations = 1


def create_user(
    partner: Partner | None,
    role: str = Member.Role.OWNER,
    email: str = "",
    password: str | None = None,
) -> User:
    """Create a user with a verified address, who is a member of `partner` if given."""
    number = User.objects.count()
    email = email or f"person-{number}@example.com"
    user = User.objects.create_user(email, password, name=f"Person {number}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if partner:
        Member.objects.create(partner=partner, user=user, role=role)
    return user


def browser_of(user: User, *, fresh: bool = True) -> Client:
    """Return a signed-in client; the sign-in is recent if `fresh`, else an hour ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    at = time.time() - (0 if fresh else 3600)
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
