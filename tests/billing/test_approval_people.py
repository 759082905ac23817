"""Who may approve: another person, within a day's limit, once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts.models import AuditEntry, StaffInvitation, User
from billing.jobs import end_lapsed_approvals
from billing.models import Approval
from billing.services import (
    AlreadyRequested,
    ApprovalRefused,
    approve,
    decline_approval,
    withdraw_approval,
)
from billing.services.approval_rules import is_small
from tests.billing.approval_requests import ask_grant
from tests.billing.approvals import let_lapse, person
from tests.billing.chains import without_triggers
from tests.billing.parallel import only, race
from tests.billing.purchases import balance
from tests.factories import Keys
from tests.staff import in_group


def test_what_a_person_asks_for_and_approves_in_a_day_is_limited(
    payer: Keys, settings: Any
) -> None:
    settings.APPROVAL_DAILY_POINTS = {"finance": 700, "admin": 0}
    asha, ravi = _finance("asha"), _finance("ravi")
    first = ask_grant(payer, by=asha.email)
    with pytest.raises(ApprovalRefused, match="request 700 points in 24 hours; 200 are left"):
        ask_grant(payer, 20_001, by=asha.email)
    approve(approval=first, approver=ravi)
    second = ask_grant(payer, 20_100, by=_finance("mira").email)
    with pytest.raises(ApprovalRefused, match="approve 700 points in 24 hours; 200 are left"):
        approve(approval=second, approver=ravi)
    approve(approval=second, approver=_finance("dev"))
    with pytest.raises(ApprovalRefused, match="no longer has the permission"):
        ask_grant(payer, 1, by=in_group_user("support").email)


def test_a_whole_limit_is_free_again_after_a_day(payer: Keys, settings: Any) -> None:
    settings.APPROVAL_DAILY_POINTS = {"admin": 500}
    ask_grant(payer)
    with pytest.raises(ApprovalRefused, match="request 500 points in 24 hours; 0 are left"):
        ask_grant(payer, 1)
    with without_triggers() as cursor:
        cursor.execute("UPDATE billing_approval SET requested_at = requested_at - interval '1 day'")

    assert ask_grant(payer).points == 50_000


@pytest.mark.parametrize("groups", [[], ["support"]])
def test_who_has_the_permission_but_no_limit_asks_for_nothing(
    payer: Keys, groups: list[str]
) -> None:
    user = User.objects.create_user("temp@shopiq.test", None, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    user.user_permissions.add(Permission.objects.get(codename="request_approval"))
    with pytest.raises(ApprovalRefused, match="request 0 points"):
        ask_grant(payer, 1, by=user.email)


def test_a_small_sum_takes_one_person_by_setting(payer: Keys, settings: Any) -> None:
    settings.APPROVAL_SINGLE_POINTS = 10
    # Small ones count together.
    for points, is_single in ((1_001, False), (600, True), (401, False), (400, True), (1, False)):
        asked = ask_grant(payer, points)
        if is_single:
            assert approve(approval=asked, approver=asked.requested_by).is_single
        else:
            with pytest.raises(ApprovalRefused):
                approve(approval=asked, approver=asked.requested_by)
    assert balance(payer.partner) == 1_000


@pytest.mark.parametrize(
    ("points", "expected"), [(0, False), (1, True), (-1_000, True), (1_001, False)]
)
def test_a_small_sum_is_more_than_nothing_and_within_the_setting(
    settings: Any, points: int, expected: bool
) -> None:
    settings.APPROVAL_SINGLE_POINTS = 10
    assert is_small(Approval(points=points)) is expected


def test_who_was_invited_by_the_person_who_asks_is_no_second_person(
    payer: Keys, ravi: User, settings: Any
) -> None:
    asha, mira = person(), _finance("mira")
    now, tie = timezone.now(), {"invited_by": asha, "groups": [], "completed_at": timezone.now()}
    for number, invited in enumerate((ravi, mira)):  # her second and third mailbox
        StaffInvitation.objects.create(
            accepted_by=invited, token_hash=bytes([number]), expires_at=now, **tie
        )
    for asker, approver in ((asha, ravi), (mira, ravi), (ravi, asha)):
        asked = ask_grant(payer, by=asker.email)
        with pytest.raises(ApprovalRefused, match="ties you and"):
            approve(approval=asked, approver=approver)
    settings.APPROVAL_SINGLE_POINTS = 10
    small = [ask_grant(payer, 600, by=mira.email) for _ in range(2)]
    assert approve(approval=small[0], approver=ravi).is_single
    with pytest.raises(ApprovalRefused, match="10 points of your own"):
        approve(approval=small[1], approver=asha)
    StaffInvitation.objects.filter(accepted_by=ravi).update(
        confirmed_by=person("dev@shopiq.test"), confirmed_at=now
    )
    assert not approve(approval=asked, approver=asha).is_single


def test_a_request_ends_once(payer: Keys, ravi: User) -> None:
    declined, withdrawn, lapsed = ask_grant(payer), ask_grant(payer), ask_grant(payer)
    with pytest.raises(ApprovalRefused, match="Withdraw"):
        decline_approval(approval=declined, approver=declined.requested_by, note="No")
    with pytest.raises(ApprovalRefused, match="Only the person who asked"):
        withdraw_approval(approval=withdrawn, asker=ravi)
    decline_approval(approval=declined, approver=ravi, note="Not agreed")
    withdraw_approval(approval=withdrawn, asker=withdrawn.requested_by)
    let_lapse(lapsed)
    with pytest.raises(ApprovalRefused, match="has lapsed"):
        approve(approval=lapsed, approver=ravi)
    end_lapsed_approvals()
    states = set(Approval.objects.values_list("state", flat=True))
    assert states == {"declined", "withdrawn", "lapsed"}
    for asked in (declined, withdrawn, lapsed):
        ends: list[Callable[..., object]] = [
            partial(approve, approver=ravi),
            partial(decline_approval, approver=ravi, note="No"),
            partial(withdraw_approval, asker=asked.requested_by),
        ]
        for end in ends:
            with pytest.raises(ApprovalRefused, match="already"):
                end(approval=asked)
    with pytest.raises(AlreadyRequested):
        ask_grant(payer, approval_id=declined.pk)
    assert balance(payer.partner) == 0


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_staff": False}, {"is_superuser": False}], ids=str
)
@pytest.mark.parametrize("email", ["asha@shopiq.test", "ravi@shopiq.test"])
def test_who_asks_or_approves_and_lost_the_right_in_between_is_refused(
    payer: Keys, ravi: User, email: str, change: dict[str, bool]
) -> None:
    asked = ask_grant(payer)
    assert ravi.has_perm("billing.decide_approval")
    User.objects.filter(email=email).update(**change)
    with pytest.raises(ApprovalRefused, match="no longer has the permission"):
        approve(approval=asked, approver=ravi)
    assert balance(payer.partner) == 0


def test_two_who_approve_at_once_approve_once(payer: Keys, ravi: User, threads: Any) -> None:
    asked = ask_grant(payer)
    people = [ravi, *(person(f"person-{n}@shopiq.test") for n in range(threads(32) - 1))]

    done = only(
        ApprovalRefused, race(*[partial(approve, approval=asked, approver=x) for x in people])
    )

    assert len(done) == 1
    assert balance(payer.partner) == 50_000
    assert AuditEntry.objects.filter(action="points.credited").count() == 1


def test_one_person_stays_within_the_limit_with_many_at_once(
    payer: Keys, ravi: User, settings: Any
) -> None:
    settings.APPROVAL_DAILY_POINTS = {"admin": 1_000}
    asked = [ask_grant(payer, 20_000, by=f"p{n}@shopiq.test") for n in range(8)]
    done = only(
        ApprovalRefused, race(*[partial(approve, approval=x, approver=ravi) for x in asked])
    )
    assert (len(done), balance(payer.partner)) == (5, 100_000)


def _finance(name: str) -> User:
    return in_group_user("finance", f"{name}.f@shopiq.test")


def in_group_user(group: str, email: str = "") -> User:
    email = email or f"{group}@shopiq.test"
    if not User.objects.filter(email=email).exists():
        in_group(group, email)
    return User.objects.get(email=email)
