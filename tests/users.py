"""Users of the dashboard."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone

from accounts.models import Member, Partner, User
from config.pages.sessions import SessionStore

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


def browser_of(user: User, *, fresh: bool = True, **data: object) -> Client:
    """Return a signed-in client; the sign-in is recent if `fresh`, else an hour ago.

    The session is written at once, with `data` in it: signing in takes twenty statements.
    """
    user.last_login = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=user.last_login)
    at = time.time() - (0 if fresh else 3600)
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            login.AUTHENTICATION_METHODS_SESSION_KEY: [{"method": "password", "at": at}],
            login._AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk),
            **data,
        }
    )
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client
