"""The user's own security page."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.sign_in.logins import find_unverified_login, resend_verification_mail


@require_http_methods(["GET", "HEAD"])
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Link to password, email, two-factor authentication and sessions."""
    user = request.user
    assert isinstance(user, User)
    return render(request, "security/index.html", _state(user))


@require_POST
def resend_verification(request: HttpRequest) -> HttpResponse:
    """Resend the confirmation link to the address that this browser signed up with."""
    login = find_unverified_login(request)
    if login is None:
        messages.info(request, gettext("Sign in to get a new confirmation link."))
        return redirect("account_login")
    if not resend_verification_mail(request, login):
        text = gettext("We sent a link less than a minute ago. Check your inbox.")
        messages.info(request, text)
    return redirect("account_email_verification_sent")


def _state(user: User) -> dict[str, Any]:
    authenticators = list(Authenticator.objects.filter(user=user))
    by_type = {authenticator.type: authenticator.wrap() for authenticator in authenticators}
    passkeys = [row for row in authenticators if row.type == Authenticator.Type.WEBAUTHN]
    return {
        "totp": by_type.get(Authenticator.Type.TOTP),
        "recovery_codes": by_type.get(Authenticator.Type.RECOVERY_CODES),
        "passkeys": len(passkeys),
        "new_address": EmailAddress.objects.get_new(user),
        "sessions": UserSession.objects.filter(user=user).count(),
    }
