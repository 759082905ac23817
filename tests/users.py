"""People in front of the dashboard."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from accounts.models import Member, Partner, User

ROLES = tuple(Member.Role.values)


class FastHasher(PBKDF2PasswordHasher):
    """Django's own hash, without its price; servers with the real settings accept it."""

    iterations = 1


def person(
    partner: Partner | None,
    role: str = Member.Role.OWNER,
    email: str = "",
    password: str | None = None,
) -> User:
    """A user with a verified address, a member of `partner` where there is one; without a password
    unless one is given."""
    number = User.objects.count()
    email = email or f"person-{number}@example.com"
    user = User.objects.create_user(email, password, name=f"Person {number}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if partner:
        Member.objects.create(partner=partner, user=user, role=role)
    return user


def browser_of(user: User, *, fresh: bool = True) -> Client:
    """A signed-in client; `fresh` as if the password had been given a moment ago, else an hour."""
    client = Client()
    client.force_login(user)
    session = client.session
    at = time.time() - (0 if fresh else 3600)
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
