"""What staff do with a partner, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.acts import act_button, back_to, facts_of, partner_act
from accounts.forms.staff import LimitsForm, NoteForm, OwnerForm
from accounts.models import Partner, User
from accounts.services.live_access import LiveAccessError, approve_partner, decline_live_access
from accounts.services.partner_notes import add_note, assign_owner
from accounts.services.partners import deactivate_partner, reactivate_partner, set_limits
from accounts.services.viewings import PERMISSION, ViewingRefused, start_viewing
from accounts.viewing import set_viewing_cookie
from config.admin.acts import Act, ConfirmForm, ReasonForm, confirm_act, posted
from config.admin.columns import full_time
from config.admin.options import actor_of
from config.admin.pages import render_page
from config.grouping import group_digits

_DECIDE, _DEACTIVATE = "accounts.decide_live_access", "accounts.deactivate_partner"


@partner_act(title="Approve live access", name="approve", permission=_DECIDE)
def approve(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Approve live access?",
        consequence="The partner can create live keys and generate images. Its owners are emailed.",
        button="Approve live access",
        back=back_to(partner),
        facts=[*facts_of(partner), *_request_of(partner)],
    )

    def perform(_given: dict[str, Any]) -> str:
        is_new = approve_partner(partner=partner, actor=actor_of(request))
        return "Live access approved." if is_new else "Live access was approved already."

    return confirm_act(request, act, perform, form=ConfirmForm(posted(request)))


@partner_act(title="Decline live access", name="decline", permission=_DECIDE)
def decline(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Decline live access?",
        consequence="The owners are emailed the reason and see it in the dashboard. They can ask "
        "again.",
        button="Decline live access",
        back=back_to(partner),
        facts=[*facts_of(partner), *_request_of(partner)],
    )

    def perform(given: dict[str, Any]) -> str:
        decline_live_access(partner=partner, actor=actor_of(request), **given)
        return "Live access declined. The owners are emailed the reason."

    return confirm_act(request, act, perform, errors=(LiveAccessError,))


@partner_act(
    title="Deactivate partner", name="deactivate", permission="accounts.deactivate_partner"
)
def deactivate(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Deactivate this partner?",
        consequence="Its requests are rejected at once, and its shops go offline. Points and data "
        "stay. The owners are emailed the reason.",
        button="Deactivate partner",
        back=back_to(partner),
        facts=facts_of(partner),
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        is_new = deactivate_partner(partner=partner, actor=actor_of(request), **given)
        return "Partner deactivated." if is_new else "The partner was inactive already."

    return confirm_act(request, act, perform)


@partner_act(
    title="Reactivate partner", name="reactivate", permission="accounts.deactivate_partner"
)
def reactivate(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Reactivate this partner?",
        consequence="Its requests are accepted again at once, and its shops are published again. "
        "Keys that were revoked stay revoked.",
        button="Reactivate partner",
        back=back_to(partner),
        facts=[*facts_of(partner), *activity_of(partner)],
    )

    def perform(given: dict[str, Any]) -> str:
        is_new = reactivate_partner(partner=partner, actor=actor_of(request), **given)
        return "Partner reactivated." if is_new else "The partner was active already."

    return confirm_act(request, act, perform)


@partner_act(title="Change rate limits", name="limits", permission="accounts.set_limits")
def limits(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Change rate limits",
        consequence="The limits apply from the next request. Keys with their own limits keep them.",
        button="Change limits",
        back=back_to(partner),
        facts=[
            *facts_of(partner),
            ("Per minute", group_digits(partner.requests_per_minute)),
            ("Per day", group_digits(partner.requests_per_day)),
        ],
    )

    def perform(given: dict[str, Any]) -> str:
        set_limits(partner=partner, actor=actor_of(request), **given)
        return "Rate limits changed."

    return confirm_act(request, act, perform, form=LimitsForm(posted(request)))


@partner_act(title="Add a note", name="note", permission="accounts.add_partnernote")
def note(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Add a note",
        consequence="Only staff see notes. A note can't be changed or deleted.",
        button="Add note",
        back=back_to(partner),
        facts=facts_of(partner),
    )

    def perform(given: dict[str, Any]) -> str:
        add_note(partner=partner, actor=actor_of(request), **given)
        return "Note added."

    return confirm_act(request, act, perform, form=NoteForm(posted(request)))


@partner_act(title="Choose an owner", name="owner", permission="accounts.assign_owner")
def owner(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Choose an owner",
        consequence="The owner is the person at ShopIQ who looks after this partner.",
        button="Save owner",
        back=back_to(partner),
        facts=facts_of(partner),
    )

    def perform(given: dict[str, Any]) -> str:
        assign_owner(partner=partner, actor=actor_of(request), **given)
        return "Owner saved."

    form = OwnerForm(posted(request), initial={"owner": partner.staff_owner_id})
    return confirm_act(request, act, perform, form=form)


@partner_act(title="Look as the partner", name="view", permission=PERMISSION)
def look(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Open the dashboard in this browser, for half an hour."""
    form = ReasonForm(posted(request))
    if form.is_valid():
        assert isinstance(request.user, User)
        try:
            viewing = start_viewing(partner=partner, staff=request.user, **form.cleaned_data)
        except ViewingRefused as error:
            messages.warning(request, str(error))
            return redirect(back_to(partner))
        response = redirect("dashboard")
        set_viewing_cookie(response, viewing)
        return response
    act = Act(
        title="Look as the partner?",
        consequence="You see the dashboard for 30 minutes and can change nothing. Secrets and "
        "merchants' personal data are masked. Every page that you open is in the partner's audit "
        "trail, with your email address and the reason.",
        button="Open dashboard",
        back=back_to(partner),
        facts=facts_of(partner),
    )
    return render_page(request, "admin/act.html", title=act.title, act=act, form=form)


def activity_of(partner: Partner) -> list[tuple[str, Any]]:
    """Return who deactivated the partner, when and why; nothing for an active one."""
    if partner.is_active or not partner.deactivated_at:
        return []
    return [
        ("Deactivated", full_time(partner.deactivated_at)),
        ("By", partner.deactivated_by),
        ("Reason", partner.deactivation_reason),
    ]


def _request_of(partner: Partner) -> list[tuple[str, Any]]:
    waiting = partner.live_access_requests.waiting().first()
    if waiting is None:
        return [("Request", "None is waiting.")]
    return [
        ("Requested", f"{full_time(waiting.created_at)} by {waiting.requested_by}"),
        ("Website", waiting.website),
        ("What they build", waiting.purpose),
    ]


def _is_approved(partner: Partner) -> bool:
    return partner.live_approved_at is not None


def _is_waiting(partner: Partner) -> bool:
    return not _is_approved(partner) and partner.live_access_requests.waiting().exists()


act_button("Add note", "note", "accounts.add_partnernote", 10)
act_button("Choose owner", "owner", "accounts.assign_owner", 11)
act_button("Approve live access", "approve", _DECIDE, 12, lambda each: not _is_approved(each))
act_button("Decline live access", "decline", _DECIDE, 13, _is_waiting)
act_button("Look as the partner", "view", PERMISSION, 5)
act_button("Change limits", "limits", "accounts.set_limits", 14)
act_button("Deactivate", "deactivate", _DEACTIVATE, 90, lambda each: each.is_active)
act_button("Reactivate", "reactivate", _DEACTIVATE, 90, lambda each: not each.is_active)
