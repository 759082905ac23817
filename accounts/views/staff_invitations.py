"""The emailed link that makes a person one of the staff."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.clients import ClientInfo
from accounts.forms.team import JoinForm
from accounts.models import StaffInvitation, User
from accounts.services.staff import (
    InvalidStaffInvitation,
    accept_staff_invitation,
    find_staff_invitation,
    join_staff_as_new_user,
)
from accounts.sign_in.enrolment import trust_mailbox
from accounts.sign_in.logins import sign_in_by_password


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def staff_invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Accept it, sign in first, or create a login; then a second factor is next."""
    try:
        found = find_staff_invitation(token)
        if request.user.is_authenticated:
            return _accept(request, found, token)
        if User.objects.filter(email=found.email).exists():
            return render(request, "staff/sign_in_first.html", {"invitation": found})
        return _create_login(request, found, token)
    except InvalidStaffInvitation:
        return render(request, "staff/invitation_ended.html", status=404)


def _accept(request: HttpRequest, found: StaffInvitation, token: str) -> HttpResponse:
    user = cast(User, request.user)
    is_theirs = user.email == found.email
    if request.method != "POST" or not is_theirs:
        context = {"invitation": found, "is_theirs": is_theirs}
        return render(request, "staff/accept.html", context)
    if accept_staff_invitation(token=token, user=user, client=ClientInfo.of(request)):
        messages.success(request, gettext("You are one of the staff now."))
        return redirect("admin:index")
    return _enrol(request)


def _create_login(request: HttpRequest, found: StaffInvitation, token: str) -> HttpResponseBase:
    form = JoinForm(request.POST or None, email=found.email)
    if not form.is_valid():
        return render(request, "staff/join.html", {"form": form, "invitation": found})
    try:
        user = join_staff_as_new_user(
            token=token, client=ClientInfo.of(request), **form.cleaned_data
        )
    except IntegrityError:  # a concurrent request created the login
        return redirect("staff-invitation", token)
    response = sign_in_by_password(request, user)
    return _enrol(request) if request.user.is_authenticated else response


def _enrol(request: HttpRequest) -> HttpResponse:
    """The link has proven the mailbox, which otherwise takes an emailed code."""
    trust_mailbox(request)
    text = gettext("Set up two-factor authentication to open the administration.")
    messages.info(request, text)
    return redirect("mfa_activate_totp")
