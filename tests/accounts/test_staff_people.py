"""Staff change groups, are confirmed by a third person, and leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import AuditEntry, StaffInvitation, User
from accounts.services.staff import (
    MoreThanOwn,
    SamePerson,
    confirm_staff,
    invite_staff,
    remove_staff,
    set_staff_groups,
)
from accounts.services.staff_actions import Staff
from accounts.staff import counting_as_one
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import text
from tests.accounts.staff_people import PAGE, actions
from tests.staff import in_group, staff_with, superuser
from tests.users import browser_of

pytestmark = pytest.mark.usefixtures("live_db")


def test_groups_change_and_staff_leave(mailoutbox: list[EmailMessage]) -> None:
    staff = in_group("admin", "asha@shopiq.test")
    ravi_browser = in_group("finance", "ravi@shopiq.test")
    ravi = User.objects.get(email="ravi@shopiq.test")
    shown = text(staff.get(PAGE))
    assert "ravi@shopiq.test" in shown
    assert "<td> Finance </td>" in shown

    staff.post(f"{PAGE}{ravi.pk}/", {"groups": ["support"]})
    assert [group.name for group in ravi.groups.all()] == ["support"]
    assert User.objects.get(pk=ravi.pk).is_staff
    assert ravi_browser.get("/admin/billing/approval/").status_code == 403
    staff.post(f"{PAGE}{ravi.pk}/remove/")

    ravi.refresh_from_db()
    assert (ravi.is_staff, ravi.groups.count()) == (False, 0)
    assert ravi_browser.get("/admin/").status_code == 302
    assert [mail.to for mail in mailoutbox] == [["ravi@shopiq.test"]] * 2
    trail = AuditEntry.objects.of(PLATFORM_ID).filter(action="login.permissions_changed")
    assert [entry.actor for entry in trail] == ["asha@shopiq.test"] * 2


def test_who_leaves_keeps_no_permission_no_session_and_no_invitation() -> None:
    root, ravi_browser = superuser(), staff_with("accounts.view_user", email="ravi@shopiq.test")
    ravi = User.objects.get(email="ravi@shopiq.test")
    assert ravi_browser.get("/email/").status_code == 200
    invitation = StaffInvitation.objects.create(
        email=ravi.email, groups=[], token_hash=b"1", accepted_by=ravi, expires_at=in_an_hour()
    )

    root.post(f"{PAGE}{ravi.pk}/remove/")

    assert not ravi.user_permissions.exists()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    assert ravi_browser.get("/email/").status_code == 302


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


def test_no_one_gives_or_takes_more_than_they_have() -> None:
    beyond = Group.objects.create(name="beyond")
    in_group("admin", "asha@shopiq.test")
    asha, root = User.objects.get(), User.objects.create_superuser("root@shopiq.test", None)
    beyond.permissions.set([Permission.objects.get(codename="read_saved_mail")])
    acts: list[Any] = [
        lambda: invite_staff(email="a@b.test", groups=["beyond"], inviter=asha, actor="asha"),
        lambda: set_staff_groups(user=asha, groups=["beyond"], by=asha, staff=Staff("asha")),
        lambda: set_staff_groups(user=root, groups=["support"], by=asha, staff=Staff("asha")),
        lambda: remove_staff(user=root, by=asha, staff=Staff("asha")),
        lambda: remove_staff(user=root, by=root, staff=Staff("root")),
    ]
    for act in acts:
        with pytest.raises(MoreThanOwn):
            act()
    beyond.delete()  # groups stay in the database of the tests


@pytest.mark.parametrize("loss", ["is_staff", "is_active", "group"])
def test_who_no_longer_manages_staff_changes_no_one(loss: str) -> None:
    asha, plain = _admin("asha"), User.objects.create_user("x@shopiq.test", None, is_staff=True)
    set_staff_groups(user=plain, groups=[], by=asha, staff=Staff("asha"))
    if loss == "group":
        asha.groups.set(Group.objects.filter(name="finance"))
    else:
        User.objects.filter(pk=asha.pk).update(**{loss: False})
    with pytest.raises(MoreThanOwn):
        set_staff_groups(user=plain, groups=[], by=asha, staff=Staff("asha"))


def test_a_third_person_confirms_who_was_invited() -> None:
    """Invitations tie people in a chain; no one of it counts as another person for the rest."""
    root, (asha, ravi, mira, dev) = superuser(), map(_admin, ("asha", "ravi", "mira", "dev"))
    _join(ravi, asha)
    _join(mira, asha)
    _join(dev, ravi)
    assert counting_as_one(mira) == {person.pk for person in (asha, ravi, mira, dev)}
    for by in (asha, ravi, mira, dev):
        with pytest.raises(SamePerson):
            confirm_staff(user=mira, by=by, actor=by.email)
    assert text(browser_of(asha).get(PAGE)).count("counts as the same person") == 3
    assert "/confirm/" not in text(browser_of(asha).get(PAGE))
    assert f"{PAGE}{ravi.pk}/confirm/" in text(root.get(PAGE))
    assert "not asha@shopiq.test" in text(root.get(f"{PAGE}{ravi.pk}/confirm/"))
    root.post(f"{PAGE}{ravi.pk}/confirm/")
    assert counting_as_one(asha) == {asha.pk, mira.pk}
    assert counting_as_one(dev) == {ravi.pk, dev.pk}
    assert actions() == ["staff.confirmed"]
    confirm_staff(user=mira, by=dev, actor=dev.email)
    assert counting_as_one(asha) == {asha.pk}


def _admin(name: str) -> User:
    in_group("admin", f"{name}@shopiq.test")
    return User.objects.get(email=f"{name}@shopiq.test")


def _join(user: User, inviter: User) -> None:
    now = timezone.now()
    StaffInvitation.objects.create(
        email=user.email,
        groups=["admin"],
        token_hash=user.email.encode(),
        invited_by=inviter,
        accepted_by=user,
        completed_at=now,
        expires_at=now,
    )


def test_only_those_who_manage_staff_open_its_pages() -> None:
    browser = staff_with("accounts.view_user", "accounts.change_user")
    person = User.objects.get()
    for page in ("", "invite/", f"{person.pk}/", f"{person.pk}/remove/", f"{person.pk}/confirm/"):
        assert browser.get(PAGE + page).status_code == 403
