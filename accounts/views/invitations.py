"""Inviting people, and the page on which an invitation is accepted."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.allauth import sign_in_by_password
from accounts.forms.team import InviteForm, JoinForm
from accounts.models import Invitation, User
from accounts.permissions import PartnerRequest, Permission, partner_view, switch_partner
from accounts.services.invitations import (
    AlreadyInvited,
    AlreadyMember,
    InvitationEnded,
    TooManyInvitations,
    TooManyMails,
    WrongAddress,
    accept_invitation,
    find_invitation,
    invite_member,
    join_as_new_person,
    resend_invitation,
    withdraw_invitation,
)

_REFUSALS = {
    AlreadyMember: "This address belongs to a member already.",
    AlreadyInvited: "An invitation to this address is open. Send that one again.",
    TooManyInvitations: "Fifty invitations are open. Withdraw some first.",
    TooManyMails: "A hundred invitations were mailed today. Send this one tomorrow.",
}


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def invite(request: PartnerRequest) -> HttpResponse:
    """Invites an address in a role."""
    form = InviteForm(request.POST or None, initial={"role": "developer"})
    if form.is_valid():
        try:
            made = invite_member(partner=request.partner, inviter=request.user, **form.cleaned_data)
        except tuple(_REFUSALS) as refusal:
            form.add_error("email", _REFUSALS[type(refusal)])
        else:
            messages.success(request, f"The invitation is on its way to {made.email}.")
            return redirect("team")
    return render(request, "team/invite.html", {"form": form})


@partner_view(Permission.MANAGE_TEAM, methods=("POST",), reauthenticate=True)
def resend(request: PartnerRequest, invitation_id: str) -> HttpResponse:
    """Mails a new link."""
    invitation = _invitation(request, invitation_id)
    try:
        resend_invitation(invitation=invitation, inviter=request.user)
        messages.success(request, f"A new link is on its way to {invitation.email}.")
    except TooManyMails:
        messages.warning(request, _REFUSALS[TooManyMails])
    except InvitationEnded:
        messages.warning(request, f"The invitation of {invitation.email} ended meanwhile.")
    return redirect("team")


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def withdraw(request: PartnerRequest, invitation_id: str) -> HttpResponse:
    """Ends an invitation, after a page that asks."""
    invitation = _invitation(request, invitation_id)
    if request.method != "POST":
        return render(request, "team/withdraw.html", {"invitation": invitation})
    try:
        withdraw_invitation(invitation=invitation, actor=request.user.email)
        messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    except InvitationEnded:
        messages.warning(request, f"The invitation of {invitation.email} ended meanwhile.")
    return redirect("team")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where the mailed link leads: join with one press, sign in first, or make a login."""
    try:
        found = find_invitation(token)
        if request.user.is_authenticated:
            return _join_as_member(request, found, token)
        if User.objects.filter(email=found.email).exists():
            return render(request, "team/sign_in_first.html", {"invitation": found})
        return _join_as_new_person(request, found, token)
    except InvitationEnded:
        return render(request, "team/invitation_ended.html", status=404)


def _join_as_member(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """Raises `InvitationEnded`."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        try:
            return _welcome(request, accept_invitation(token=token, user=user).partner_id)
        except WrongAddress:
            messages.error(request, "Nothing was changed: this invitation is not yours.")
    context = {"invitation": found, "is_theirs": user.email == found.email}
    return render(request, "team/accept.html", context)


def _join_as_new_person(request: HttpRequest, found: Invitation, token: str) -> HttpResponseBase:
    """Raises `InvitationEnded`."""
    form = JoinForm(request.POST or None, email=found.email)
    if not form.is_valid():
        return render(request, "team/join.html", {"form": form, "invitation": found})
    try:
        user = join_as_new_person(token=token, **form.cleaned_data)
    except IntegrityError:  # the address got a login meanwhile
        return redirect("invitation", token)
    return sign_in_by_password(request, user)


def _welcome(request: HttpRequest, partner_id: str) -> HttpResponse:
    switch_partner(request, partner_id)
    messages.success(request, "Welcome to the team.")
    return redirect("dashboard")


def _invitation(request: PartnerRequest, invitation_id: str) -> Invitation:
    return get_object_or_404(request.partner.invitations.open(), pk=invitation_id)
