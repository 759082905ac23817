"""allauth's pages that add a second factor, behind an emailed code if it is the first."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import cast

from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.views import add_webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms.allauth import EmailedCodeForm
from accounts.models import User
from accounts.permissions import require_recent_sign_in
from accounts.sign_in.enrolment import enter_code, is_code_pending, needs_code, send_code

View = Callable[..., HttpResponseBase]
#: The pages by the value of `then`.
_PAGES = {"app": "mfa_activate_totp", "passkey": "mfa_add_webauthn"}


def _behind_code(view: View, then: str) -> View:
    @functools.wraps(view)
    @login_required
    def page(request: HttpRequest) -> HttpResponseBase:
        require_recent_sign_in(request)
        if needs_code(request, cast(User, request.user)):
            return redirect("security-emailed-code", then)
        return view(request)

    return page


activate_app = _behind_code(activate_totp, "app")
add_passkey = _behind_code(add_webauthn, "passkey")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def emailed_code(request: HttpRequest, then: str) -> HttpResponse:
    """Send a code, and go on to the page that adds the factor once it is entered."""
    require_recent_sign_in(request)
    user = cast(User, request.user)
    if not needs_code(request, user):
        return redirect(_PAGES[then])
    if request.POST.get("action") == "send":
        if not send_code(request, user):
            text = gettext("We sent a code a moment ago. Check your inbox.")
            messages.warning(request, text)
        return redirect("security-emailed-code", then)
    form = EmailedCodeForm(request.POST or None)
    if form.is_valid():
        if enter_code(request, user, form.cleaned_data["code"]):
            return redirect(_PAGES[then])
        form.add_error("code", gettext("This code is incorrect or has expired."))
    context = {"form": form, "is_code_sent": is_code_pending(request) or form.errors}
    return render(request, "security/emailed_code.html", context)
