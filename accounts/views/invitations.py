"""Sending, withdrawing and accepting invitations."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms.team import InviteForm, JoinForm
from accounts.models import Invitation, User
from accounts.permissions import PartnerRequest, Permission, partner_view, switch_partner
from accounts.services.invitations import (
    AlreadyInvited,
    AlreadyMember,
    EmailMismatch,
    InvalidInvitation,
    TooManyInvitations,
    TooManyMails,
    accept_invitation,
    find_invitation,
    invite_member,
    join_as_new_user,
    resend_invitation,
    withdraw_invitation,
)
from accounts.services.locks import PartnerInactive
from accounts.sign_in.logins import sign_in_by_password
from config.pages.kept_forms import refill

_ERRORS = {
    AlreadyMember: gettext_lazy("This address already belongs to a member."),
    AlreadyInvited: gettext_lazy(
        "This address already has a pending invitation. Resend it instead."
    ),
    TooManyInvitations: gettext_lazy("You can have 50 pending invitations. Withdraw some first."),
    PartnerInactive: gettext_lazy("Your company's account is inactive. Contact ShopIQ support."),
    TooManyMails: gettext_lazy("You can send 100 invitations a day. Try again tomorrow."),
}


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def invite(request: PartnerRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, initial={"role": "developer"})
    refill(request, form)
    if form.is_valid():
        try:
            invitation = invite_member(
                partner=request.partner, inviter=request.user, **form.cleaned_data
            )
        except tuple(_ERRORS) as error:
            form.add_error("email", _ERRORS[type(error)])
        else:
            text = gettext("Invitation sent to %(email)s.")
            messages.success(request, text % {"email": invitation.email})
            return redirect("team")
    return render(request, "team/invite.html", {"form": form})


@partner_view(Permission.MANAGE_TEAM, methods=("POST",), reauthenticate=True)
def resend(request: PartnerRequest, invitation_id: str) -> HttpResponse:
    """Email a new link; the old one stops working."""
    invitation = _invitation(request, invitation_id)
    try:
        resend_invitation(invitation=invitation, inviter=request.user)
        text = gettext("New invitation sent to %(email)s.")
        messages.success(request, text % {"email": invitation.email})
    except (TooManyMails, PartnerInactive) as error:
        messages.warning(request, _ERRORS[type(error)])
    except InvalidInvitation:
        _warn_of_end(request, invitation)
    return redirect("team")


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def withdraw(request: PartnerRequest, invitation_id: str) -> HttpResponse:
    """Withdraw an invitation after a confirmation page."""
    invitation = _invitation(request, invitation_id)
    if request.method != "POST":
        return render(request, "team/withdraw.html", {"invitation": invitation})
    try:
        withdraw_invitation(invitation=invitation, actor=request.user.email)
        text = gettext("Invitation to %(email)s withdrawn.")
        messages.success(request, text % {"email": invitation.email})
    except InvalidInvitation:
        _warn_of_end(request, invitation)
    return redirect("team")


def _warn_of_end(request: PartnerRequest, invitation: Invitation) -> None:
    text = gettext("The invitation to %(email)s is no longer valid.")
    messages.warning(request, text % {"email": invitation.email})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Handle the emailed link: join, sign in first, or create a login."""
    try:
        found = find_invitation(token)
        if request.user.is_authenticated:
            return _join_as_member(request, found, token)
        if User.objects.filter(email=found.email).exists():
            return render(request, "team/sign_in_first.html", {"invitation": found})
        return _join_as_new_user(request, found, token)
    except InvalidInvitation:
        return render(request, "team/invitation_ended.html", status=404)


def _join_as_member(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """Raise `InvalidInvitation`."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        try:
            return _welcome(request, accept_invitation(token=token, user=user).partner_id)
        except EmailMismatch:
            text = gettext("Nothing was changed. This invitation is for another address.")
            messages.error(request, text)
    context = {"invitation": found, "is_theirs": user.email == found.email}
    return render(request, "team/accept.html", context)


def _join_as_new_user(request: HttpRequest, found: Invitation, token: str) -> HttpResponseBase:
    """Raise `InvalidInvitation`."""
    form = JoinForm(request.POST or None, email=found.email)
    if not form.is_valid():
        return render(request, "team/join.html", {"form": form, "invitation": found})
    try:
        user = join_as_new_user(token=token, **form.cleaned_data)
    except IntegrityError:  # a concurrent request created the login
        return redirect("invitation", token)
    return sign_in_by_password(request, user)


def _welcome(request: HttpRequest, partner_id: str) -> HttpResponse:
    switch_partner(request, partner_id)
    messages.success(request, gettext("You joined the team."))
    return redirect("dashboard")


def _invitation(request: PartnerRequest, invitation_id: str) -> Invitation:
    return get_object_or_404(request.partner.invitations.open(), pk=invitation_id)
