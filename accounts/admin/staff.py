"""The page of staff: who belongs to it, invitations, groups, removal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.clients import ClientInfo
from accounts.forms.staff_people import GroupsForm, InviteStaffForm
from accounts.models import StaffInvitation, User
from accounts.services.staff import (
    MANAGE,
    AlreadyStaff,
    confirm_staff,
    invite_staff,
    remove_staff,
    set_staff_groups,
    withdraw_staff_invitation,
)
from accounts.services.staff_actions import Staff
from accounts.staff import counting_as_one, exceeds
from config.admin.acts import Act
from config.admin.options import actor_of
from config.admin.pages import render_page, staff_page
from config.admin.sections import Section


def _page(title: str, name: str, route: str, **options: Any) -> Callable[[Any], Any]:
    return staff_page(
        title=title,
        name=name,
        route=route,
        permission=MANAGE,
        section=Section.STAFF,
        **options,
    )


@_page("Staff", "staff", "staff/")
def people(request: HttpRequest) -> HttpResponse:
    factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    has_factor = factors.filter(user=OuterRef("pk"))
    found = User.objects.filter(is_staff=True).annotate(has_factor=Exists(has_factor))
    return render_page(
        request,
        "admin/staff/people.html",
        title="Staff",
        people=found.prefetch_related("groups").order_by("email"),
        inviters=_inviters(),
        tied=counting_as_one(_user(request)),
        invitations=StaffInvitation.objects.open().order_by("-id"),
    )


def _inviters() -> dict[int, str]:
    """Return who invited whom, of the people that no third person has confirmed."""
    rows = StaffInvitation.objects.unconfirmed().order_by("id")
    return dict(rows.values_list("accepted_by_id", "invited_by__email"))


@_page("Invite staff", "staff_invite", "staff/invite/", is_in_navigation=False)
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteStaffForm(request.POST or None, actor=_user(request))
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            invite_staff(
                email=email,
                groups=form.cleaned_data["groups"],
                inviter=_user(request),
                actor=actor_of(request),
            )
        except AlreadyStaff:
            form.add_error("email", "This address belongs to a member of the staff.")
        else:
            messages.success(request, f"Invitation sent to {email}.")
            return redirect("admin:staff")
    consequence = (
        "The link in the email works once and expires in three days. The person chooses a password"
        " and sets up two-factor authentication before anything else."
    )
    return _ask(request, form, "Invite staff", consequence, "Send invitation")


@_page("Change groups", "staff_groups", "staff/<int:user_id>/")
def change_groups(request: HttpRequest, user_id: int) -> HttpResponse:
    person = _person(user_id)
    initial = {"groups": list(person.groups.values_list("name", flat=True))}
    form = GroupsForm(request.POST or None, initial=initial, actor=_user(request))
    if form.is_valid():
        set_staff_groups(
            user=person,
            groups=form.cleaned_data["groups"],
            by=_user(request),
            staff=_staff(request),
        )
        messages.success(request, f"Groups of {person.email} changed. They have been emailed.")
        return redirect("admin:staff")
    consequence = "They decide what this person may do. A change takes effect at once."
    manages = person != _user(request) and not exceeds(person, _user(request))
    removable = person if manages else None
    title = f"Groups of {person.email}"
    return _ask(request, form, title, consequence, "Change groups", person=removable)


@_page("Remove from staff", "staff_remove", "staff/<int:user_id>/remove/")
def remove(request: HttpRequest, user_id: int) -> HttpResponse:
    person = _person(user_id)
    if request.method == "POST":
        remove_staff(user=person, by=_user(request), staff=_staff(request))
        messages.success(request, f"{person.email} removed from the staff.")
        return redirect("admin:staff")
    consequence = (
        "They lose all permissions of the administration and are signed out everywhere. They are"
        " told by email. The login stays."
    )
    title = f"Remove {person.email} from the staff?"
    button = "Remove from staff"
    return _ask(request, forms.Form(), title, consequence, button, is_dangerous=True)


@_page("Confirm member of the staff", "staff_confirm", "staff/<int:user_id>/confirm/")
def confirm(request: HttpRequest, user_id: int) -> HttpResponse:
    person = _person(user_id)
    if request.method == "POST":
        confirm_staff(user=person, by=_user(request), actor=actor_of(request))
        messages.success(request, f"{person.email} confirmed.")
        return redirect("admin:staff")
    inviter = _inviters().get(person.pk, "who invited them")
    consequence = (
        f"You confirm that you know {person.email} and that they are not {inviter}. From then on"
        " one of the two can approve what the other asks for."
    )
    return _ask(request, forms.Form(), f"Confirm {person.email}", consequence, "Confirm")


@_page("Withdraw invitation", "staff_withdraw", "staff/invitations/<str:invitation_id>/withdraw/")
def withdraw(request: HttpRequest, invitation_id: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("admin:staff")
    invitation = get_object_or_404(StaffInvitation, pk=invitation_id)
    withdraw_staff_invitation(invitation=invitation, actor=actor_of(request))
    messages.success(request, f"Invitation to {invitation.email} withdrawn.")
    return redirect("admin:staff")


def _ask(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    consequence: str,
    button: str,
    *,
    person: User | None = None,
    is_dangerous: bool = False,
) -> HttpResponse:
    back = reverse("admin:staff")
    act = Act(title, consequence, button, back, is_dangerous=is_dangerous, of="Staff")
    template = "admin/staff/ask.html"
    return render_page(request, template, title=title, act=act, form=form, person=person)


def _person(user_id: int) -> User:
    return get_object_or_404(User, pk=user_id, is_staff=True)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _staff(request: HttpRequest) -> Staff:
    return Staff(actor_of(request), ClientInfo.of(request))
