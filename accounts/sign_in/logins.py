"""Check, resume and start logins through allauth's private functions."""

from __future__ import annotations

import time
from typing import cast

from allauth.account.internal.flows.email_verification import (
    send_verification_email_at_login,
    verify_email_and_resume,
)
from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_password_login,
)
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import EmailConfirmationHMAC, Login
from allauth.account.stages import EmailVerificationStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def signed_in_recently(request: HttpRequest) -> bool:
    """Return whether the last authentication is within `ACCOUNT_REAUTHENTICATION_TIMEOUT`."""
    records = get_authentication_records(request, cast(User, request.user))
    latest = max((record["at"] for record in records), default=0.0)
    return time.time() - latest <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def clear_pending_request(request: HttpRequest) -> None:
    """Drop the form that waits for reauthentication, so that it is not submitted later."""
    request.session.pop(STATE_SESSION_KEY, None)


def sign_in_by_password(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in a user whose password was just set, through allauth's login stages."""
    login = Login(user=user, email=user.email)
    response: HttpResponse = perform_password_login(request, {"email": user.email}, login)
    return response


def find_unverified_login(request: HttpRequest) -> Login | None:
    """Return this browser's login that waits for its email address to be verified."""
    stage = get_pending_stage(request)
    return stage.login if isinstance(stage, EmailVerificationStage) else None


def confirm_and_resume(
    request: HttpRequest, confirmation: EmailConfirmationHMAC
) -> HttpResponse | None:
    """Verify the address; return a response if this browser waited for it and is now signed in."""
    _, response = verify_email_and_resume(request, confirmation)
    return cast(HttpResponse | None, response)


def resend_verification_mail(request: HttpRequest, login: Login) -> bool:
    """Return whether an email was sent; not if the last one is less than a minute old."""
    return bool(send_verification_email_at_login(request, login))
