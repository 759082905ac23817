"""What staff revoke and end of a whole partner or of a member: keys, links, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.admin.acts import act_button, back_to, facts_of, partner_act
from accounts.clients import ClientInfo
from accounts.models import Member, Partner, User
from accounts.services.staff_actions import Staff, remove_second_factors
from accounts.services.staff_revocations import (
    revoke_all_keys,
    revoke_all_links,
    sign_out_member,
    sign_out_members,
)
from accounts.staff import exceeds
from config.admin.acts import Act, confirm_act, object_act
from config.admin.options import actor_of
from config.admin.pages import staff_page
from config.admin.sections import Section


@partner_act(title="Revoke all keys", name="revoke-keys", permission="accounts.change_apikey")
def revoke_keys(request: HttpRequest, partner: Partner) -> HttpResponse:
    number = partner.api_keys.filter(revoked_at=None).count()
    act = Act(
        title="Revoke all keys of this partner?",
        consequence="Live, test and management keys stop working at once. This can't be undone.",
        button="Revoke all keys",
        back=back_to(partner),
        facts=[*facts_of(partner), ("Keys", number)],
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        revoked = revoke_all_keys(partner=partner, actor=actor_of(request), **given)
        return f"Keys revoked: {revoked}."

    return confirm_act(request, act, perform)


@partner_act(
    title="Revoke all auto-login links",
    name="revoke-links",
    permission="accounts.change_autologinlink",
)
def revoke_links(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Revoke all auto-login links of this partner?",
        consequence="The links of all its accounts stop working at once.",
        button="Revoke all links",
        back=back_to(partner),
        facts=facts_of(partner),
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        revoked = revoke_all_links(partner=partner, actor=actor_of(request), **given)
        return f"Links revoked: {revoked}."

    return confirm_act(request, act, perform)


@partner_act(title="Sign all members out", name="sign-out", permission="accounts.end_sessions")
def sign_out_all(request: HttpRequest, partner: Partner) -> HttpResponse:
    act = Act(
        title="Sign all members of this partner out?",
        consequence="They have to sign in again on all devices. They are emailed the reason.",
        button="Sign all members out",
        back=back_to(partner),
        facts=[*facts_of(partner), ("Members", partner.members.count())],
    )

    def perform(given: dict[str, Any]) -> str:
        number = sign_out_members(partner=partner, staff=staff_of(request), **given)
        return f"Members signed out: {number}."

    return confirm_act(request, act, perform)


@staff_page(
    title="Sign a member out",
    name="member-sign-out",
    route="accounts/member/<id:member_id>/sign-out/",
    permission="accounts.end_sessions",
    section=Section.PARTNERS,
)
def sign_out_one(request: HttpRequest, member_id: str) -> HttpResponse:
    members = Member.objects.of_all().select_related("user", "partner")
    member = get_object_or_404(members, pk=member_id)
    act = Act(
        title="Sign this member out?",
        consequence="They have to sign in again on all devices. They are emailed the reason.",
        button="Sign out",
        back=back_to(member.partner),
        facts=[("Member", member.user), ("Partner", member.partner.name)],
    )

    def perform(given: dict[str, Any]) -> str:
        sign_out_member(member=member, staff=staff_of(request), **given)
        return f"{member.user} was signed out."

    return confirm_act(request, act, perform)


@staff_page(
    title="Remove two-factor authentication",
    name="member-second-factor",
    route="accounts/member/<id:member_id>/second-factor/",
    permission="accounts.reset_second_factor",
    section=Section.PARTNERS,
)
def reset_second_factor(request: HttpRequest, member_id: str) -> HttpResponse:
    members = Member.objects.of_all().select_related("user", "partner")
    member = get_object_or_404(members, pk=member_id)
    user = member.user
    _check_may_open(request, user)
    act = Act(
        title="Remove two-factor authentication of this member?",
        consequence="The password alone signs them in. Verify who is asking first. They are "
        "emailed the reason and signed out.",
        button="Remove two-factor authentication",
        back=back_to(member.partner),
        facts=[
            ("Member", user),
            ("Partner", member.partner.name),
            ("Two-factor", "Set up" if is_mfa_enabled(user) else "Not set up"),
        ],
        is_dangerous=True,
    )

    def perform(given: dict[str, Any]) -> str:
        is_removed = remove_second_factors(user=user, staff=staff_of(request), **given)
        return "Removed." if is_removed else "It was not set up."

    return confirm_act(request, act, perform)


def staff_of(request: HttpRequest) -> Staff:
    return Staff(actor_of(request), ClientInfo.of(request))


def _check_may_open(request: HttpRequest, user: User) -> None:
    """Without a second factor, the password of a colleague is enough to act as that colleague."""
    assert isinstance(request.user, User)
    if exceeds(user, request.user):
        raise PermissionDenied


act_button("Revoke all keys", "revoke-keys", "accounts.change_apikey", 80)
act_button("Revoke all links", "revoke-links", "accounts.change_autologinlink", 81)
act_button("Sign all members out", "sign-out", "accounts.end_sessions", 82)

object_act(
    "accounts.member",
    label="Sign out",
    page="member-sign-out",
    permission="accounts.end_sessions",
    applies=lambda member: True,  # noqa: ARG005 - always
)
object_act(
    "accounts.member",
    label="Remove two-factor authentication",
    page="member-second-factor",
    permission="accounts.reset_second_factor",
    applies=lambda member: is_mfa_enabled(member.user),
)
