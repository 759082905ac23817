"""Concurrent changes of a team."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from accounts.models import AuditEntry, Invitation, Member, Partner, User
from accounts.services.invitations import (
    AlreadyInvited,
    InvalidInvitation,
    accept_invitation,
    invite_member,
    join_as_new_user,
    withdraw_invitation,
)
from accounts.services.members import LastOwner, NotAMember, change_role, remove_member
from accounts.services.partners import AlreadyHasPartner, sign_up_partner
from tests.concurrency import overlap
from tests.factories import PartnerFactory
from tests.users import create_user

pytestmark = pytest.mark.usefixtures("live_db")


def remove(member: Any, actor: Any) -> None:
    remove_member(member=member, actor=actor.user.email)


def demote(member: Any, actor: Any) -> None:
    change_role(member=member, role=Member.Role.VIEWER, actor=actor.user.email)


@pytest.mark.parametrize("task", [remove, demote])
def test_two_owners_cannot_remove_each_other_concurrently(task: Callable[..., Any]) -> None:
    partner = PartnerFactory.create()
    one, two = (Member.objects.get(user=create_user(partner)) for _ in range(2))
    assert overlap(partial(task, one, two), partial(task, two, one)) is LastOwner
    assert Member.objects.filter(role=Member.Role.OWNER).count() == 1


def test_a_member_can_be_removed_twice() -> None:
    partner = PartnerFactory.create()
    one, two = (Member.objects.get(user=create_user(partner)) for _ in range(2))
    assert overlap(partial(remove, two, one), partial(remove, two, one)) is NotAMember
    assert AuditEntry.objects.filter(action="member.removed").count() == 1


def test_concurrent_invitations_of_an_address_create_one() -> None:
    partner = PartnerFactory.create()
    fields: dict[str, Any] = {"partner": partner, "email": "new@nova.test", "role": "viewer"}
    invite = partial(invite_member, inviter=create_user(partner), **fields)
    assert overlap(invite, invite) is AlreadyInvited
    assert Invitation.objects.count() == 1


def test_an_invitation_is_accepted_once() -> None:
    partner = PartnerFactory.create()
    invite_member(
        partner=partner, email="new@nova.test", role="viewer", inviter=create_user(partner)
    )
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    join = partial(join_as_new_user, token=token, name="New", password="correct horse battery")
    assert overlap(join, join) is IntegrityError
    assert Member.objects.filter(user__email="new@nova.test").count() == 1


def test_a_concurrently_withdrawn_invitation_is_not_accepted() -> None:
    partner, new = PartnerFactory.create(), create_user(None, email="new@nova.test")
    made = invite_member(
        partner=partner, email=new.email, role="viewer", inviter=create_user(partner)
    )
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    withdraw = partial(withdraw_invitation, invitation=made, actor="owner@nova.test")
    accept = partial(accept_invitation, token=token, user=new)
    assert overlap(withdraw, accept) is InvalidInvitation
    assert not new.memberships.exists()


def test_a_form_submitted_twice_creates_one_partner() -> None:
    owner = create_user(None)
    press = partial(sign_up_partner, name="Nova", owner=owner, actor=owner.email)
    assert overlap(press, press) is AlreadyHasPartner
    assert Partner.objects.count() == 1


def test_a_concurrent_sign_up_with_the_same_address_gets_the_usual_response() -> None:
    form = {
        "company": "Nova",
        "name": "Priya",
        "email": "priya@nova.test",
        "password1": "correct horse battery",
    }
    responses = []
    take = partial(User.objects.create_user, "priya@nova.test", None)
    overlap(take, lambda: responses.append(Client().post("/signup/", form).headers["Location"]))
    assert responses == ["/confirm-email/"]
    assert (User.objects.count(), Partner.objects.count()) == (1, 0)
