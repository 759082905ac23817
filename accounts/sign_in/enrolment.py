"""An emailed code before the first second factor: a password alone must not add one.

The person who adds it decides who signs in from then on, the owner of the mailbox included.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from config.db.encryption import lookup_hash
from config.mail.send import send_mail

_STATE = "second_factor_enrolment"
_CODE_SECONDS = 10 * 60
#: Time to set up the first factor after entering the code.
_CONFIRMED_SECONDS = 15 * 60


def needs_code(request: HttpRequest, user: User) -> bool:
    if Authenticator.objects.filter(user=user).exists():
        return False
    return not _is_recent(_state(request).get("confirmed_at"), _CONFIRMED_SECONDS)


def is_code_pending(request: HttpRequest) -> bool:
    return _is_recent(_state(request).get("sent_at"), _CODE_SECONDS)


def send_code(request: HttpRequest, user: User) -> bool:
    """Email a new code, which replaces an earlier one; return whether the limits allow it."""
    if not ratelimit.consume(request, action="enrolment_mail", key=str(user.pk)):
        return False
    code = f"{secrets.randbelow(10**6):06d}"
    request.session[_STATE] = {"code_hash": _hash(user, code), "sent_at": time.time()}
    send_mail("second_factor_code", [user.email], code=code, minutes=_CODE_SECONDS // 60)
    return True


def trust_mailbox(request: HttpRequest) -> None:
    """Need no code for a while: the user has just opened a link that was emailed."""
    request.session[_STATE] = {"confirmed_at": time.time()}


def enter_code(request: HttpRequest, user: User, code: str) -> bool:
    """Return whether this is the code; wrong ones are limited, as a rate of the user's."""
    if not ratelimit.consume(request, action="enrolment_code", key=str(user.pk)):
        return False
    expected = _state(request).get("code_hash", "")
    given = _hash(user, "".join(code.split()))
    if not (is_code_pending(request) and constant_time_compare(expected, given)):
        return False
    request.session[_STATE] = {"confirmed_at": time.time()}
    return True


def _state(request: HttpRequest) -> dict[str, Any]:
    state: dict[str, Any] = request.session.get(_STATE, {})
    return state


def _is_recent(at: float | None, seconds: int) -> bool:
    return at is not None and time.time() - at < seconds


def _hash(user: User, code: str) -> str:
    return lookup_hash("second-factor-code", f"{user.pk}:{code}").hex()
