"""The team page and its settings."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.forms.team import ROLE_HELP, CompanyForm, RoleForm
from accounts.models import Member, Partner
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.members import (
    LastOwner,
    NoSecondFactor,
    NotAMember,
    change_role,
    remove_member,
    set_second_factor_rule,
)
from accounts.services.partners import rename_partner
from config.pages.kept_forms import refill

_LAST_OWNER = gettext_lazy("A team needs at least one owner. Make another member an owner first.")
_NOW_IN_ROLE = {
    Member.Role.OWNER: gettext_lazy("%(email)s is now an owner."),
    Member.Role.ADMIN: gettext_lazy("%(email)s is now an admin."),
    Member.Role.DEVELOPER: gettext_lazy("%(email)s is now a developer."),
    Member.Role.VIEWER: gettext_lazy("%(email)s is now a viewer."),
}
#: The team is shown on one page, without pagination.
_MAX_MEMBERS = 500


@partner_view(Permission.SEE)
def team(request: PartnerRequest) -> HttpResponse:
    """Members, pending invitations and company settings."""
    context = {
        "members": _members(request.partner)[:_MAX_MEMBERS],
        "invitations": request.partner.invitations.open().order_by("-created_at"),
        "now": timezone.now(),
        "roles": [(role.label, ROLE_HELP[role]) for role in Member.Role],
    }
    return render(request, "team/list.html", context)


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def edit_member(request: PartnerRequest, pk: int) -> HttpResponse:
    member = _member(request, pk)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    refill(request, form)
    if form.is_valid():
        role = form.cleaned_data["role"]
        try:
            change_role(member=member, role=role, actor=request.user.email)
        except LastOwner:
            form.add_error("role", _LAST_OWNER)
        except NotAMember:
            text = gettext("%(email)s is no longer a member.")
            messages.warning(request, text % {"email": member.user.email})
            return redirect("team")
        else:
            messages.success(request, _NOW_IN_ROLE[role] % {"email": member.user.email})
            return redirect("team")
    return render(request, "team/role.html", {"form": form, "subject": member})


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def end_membership(request: PartnerRequest, pk: int) -> HttpResponse:
    """Remove a member after a confirmation page."""
    member = _member(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and _remove(form, member, request.user.email):
        text = gettext("%(email)s was removed from the team.")
        messages.success(request, text % {"email": member.user.email})
        return redirect("team")
    return render(request, "team/remove.html", {"form": form, "subject": member})


@partner_view(Permission.SEE, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def leave(request: PartnerRequest) -> HttpResponse:
    """Leave the team after a confirmation page."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and _remove(form, request.member, request.user.email):
        text = gettext("You left %(company)s.")
        messages.success(request, text % {"company": request.partner.name})
        return redirect("dashboard")
    return render(request, "team/leave.html", {"form": form})


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def rename(request: PartnerRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None, initial={"company": request.partner.name})
    refill(request, form)
    if form.is_valid():
        name = form.cleaned_data["company"]
        rename_partner(partner=request.partner, name=name, actor=request.user.email)
        text = gettext("Company renamed to %(company)s.")
        messages.success(request, text % {"company": name})
        return redirect("team")
    return render(request, "team/rename.html", {"form": form})


@partner_view(Permission.MANAGE_TEAM, methods=("GET", "HEAD", "POST"), reauthenticate=True)
def second_factor_rule(request: PartnerRequest) -> HttpResponse:
    """Require two-factor authentication or make it optional, after a confirmation page."""
    required = not request.partner.requires_second_factor
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        # The form says which was meant: the setting may have changed since the page was loaded.
        required = request.POST.get("required") == "yes"
        try:
            set_second_factor_rule(partner=request.partner, required=required, owner=request.user)
        except NoSecondFactor:
            text = gettext("Set up two-factor authentication for yourself first.")
            form.add_error(None, text)
        else:
            messages.success(request, _rule_message(required))
            return redirect("team")
    context = {
        "form": form,
        "required": required,
        "without": request.partner.members.filter(user__authenticator=None).select_related("user"),
    }
    return render(request, "team/second_factor.html", context)


def _members(partner: Partner) -> QuerySet[Member]:
    authenticators = Authenticator.objects.filter(user=OuterRef("user"))
    members = partner.members.select_related("user").order_by("created_at", "pk")
    return members.annotate(has_second_factor=Exists(authenticators))


def _member(request: PartnerRequest, pk: int) -> Member:
    return get_object_or_404(request.partner.members.select_related("user", "partner"), pk=pk)


def _remove(form: forms.Form, member: Member, actor: str) -> bool:
    try:
        remove_member(member=member, actor=actor)
    except LastOwner:
        form.add_error(None, _LAST_OWNER)
        return False
    except NotAMember:  # already removed by a concurrent request
        return True
    return True


def _rule_message(required: bool) -> str:
    if required:
        return gettext("Two-factor authentication is now required for every member.")
    return gettext("Two-factor authentication is now optional.")
