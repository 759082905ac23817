"""The emailed link that confirms an address.

The link proves the mailbox, not that its owner signed up: a stranger may have entered the address.
It signs in the browser of the sign-up only; another is asked for the password or for a new one.
The owner of a new company goes on to its first request.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.clients import ClientInfo
from accounts.forms.allauth import ResetPasswordKeyForm
from accounts.forms.sign_in import ConfirmationForm
from accounts.models import User
from accounts.services.sign_ups import clear_other_access, is_sign_up, reject_address
from accounts.sign_in.logins import confirm_and_resume, find_unverified_login, sign_in_by_password
from accounts.views.welcome import welcome

_NOT_ME = "not-me"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "password1")
@never_cache
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return render(
            request, "account/email_confirm.html", {"is_confirmed": _is_confirmed(request.user)}
        )
    address = confirmation.email_address
    if not address.can_set_verified():
        return render(request, "account/email_confirm.html", {"taken": address.email})
    if request.POST.get("action") == _NOT_ME:
        return _reject(request, address)
    if EmailAddress.objects.filter(user=address.user_id, verified=True).exists():
        return _confirm_change(request, confirmation)
    return _confirm_login(request, confirmation)


def _is_confirmed(user: Any) -> bool:
    """Return whether someone who is signed in has no address left to confirm."""
    if not user.is_authenticated:
        return False
    return not EmailAddress.objects.filter(user=user, verified=False).exists()


def _reject(request: HttpRequest, address: EmailAddress) -> HttpResponse:
    reject_address(address=address, client=ClientInfo.of(request))
    text = gettext("Thank you. The address is not used for this login.")
    messages.success(request, text)
    return redirect("account_login")


def _confirm_change(request: HttpRequest, confirmation: EmailConfirmationHMAC) -> HttpResponse:
    """Only a browser of the user may change the address; others have to sign in first."""
    is_own = request.user == confirmation.email_address.user
    if is_own and request.method == "POST":
        return confirm_and_resume(request, confirmation) or redirect("security")
    return _page(request, confirmation, needs_sign_in=not is_own)


def _confirm_login(request: HttpRequest, confirmation: EmailConfirmationHMAC) -> HttpResponse:
    user = _user(confirmation)
    login = find_unverified_login(request)
    if login and login.user == user:
        if request.method == "POST":
            response = confirm_and_resume(request, confirmation) or redirect("account_login")
            return welcome(request, response)
        return _page(request, confirmation)
    form = _password_form(request, user)
    if not form.is_valid():
        return _page(request, confirmation, form=form)
    if isinstance(form, ResetPasswordKeyForm):
        form.save()
    if not confirmation.confirm(request):  # another login took the address in the meantime
        return redirect("account_login")
    clear_other_access(user=user)
    return welcome(request, sign_in_by_password(request, user))


def _password_form(request: HttpRequest, user: User) -> Any:
    """Ask for the password of the sign-up, or for a new one with `?new`."""
    if "new" in request.GET:
        return ResetPasswordKeyForm(request.POST or None, user=user)
    return ConfirmationForm(request.POST or None, user=user, request=request)


def _page(
    request: HttpRequest, confirmation: EmailConfirmationHMAC, **context: Any
) -> HttpResponse:
    user = _user(confirmation)
    member = user.memberships.select_related("partner").first()
    own = {
        "address": confirmation.email_address.email,
        "person": user.name,
        "company": member.partner.name if member else "",
        "deletes": is_sign_up(user),
        "is_new_password": "new" in request.GET,
    }
    return render(request, "account/email_confirm.html", {**own, **context})


def _user(confirmation: EmailConfirmationHMAC) -> User:
    user = confirmation.email_address.user
    assert isinstance(user, User)
    return user
