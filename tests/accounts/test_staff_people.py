"""Staff are invited, set a password and a second factor, change groups, and leave."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.clients import ClientInfo
from accounts.models import AuditEntry, StaffInvitation, User
from accounts.services.staff import (
    MoreThanOwn,
    SamePerson,
    complete_staff_invitations,
    confirm_staff,
    invite_staff,
    remove_staff,
    set_staff_groups,
)
from accounts.services.staff_actions import Staff
from accounts.staff import counting_as_one
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import text
from tests.staff import in_group, staff_with, superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")
PAGE = "/admin/staff/"
PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"/staff-invitations/\S+", str(mail.body))
    assert found
    return found[0]


def invite(staff: Client, *groups: str, email: str = "Mira@ShopIQ.test") -> Any:
    form = {"email": email, "groups": groups or ("finance",)}
    return staff.post(f"{PAGE}invite/", form, follow=True)


def enrol(browser: Client) -> str:
    """Add the app of the page's secret, as a phone does."""
    secret = browser.get("/2fa/totp/activate/").context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    return text(browser.post("/2fa/totp/activate/", {"code": code}, follow=True))


def actions() -> list[str]:
    trail = AuditEntry.objects.of(PLATFORM_ID).order_by("at", "id")
    return [entry.action for entry in trail if entry.action.startswith("staff.")]


def test_the_invited_set_a_password_and_a_second_factor_before_anything_else(
    mailoutbox: list[EmailMessage],
) -> None:
    staff = in_group("admin", "asha@shopiq.test")
    assert "Invitation sent to Mira@ShopIQ.test." in text(invite(staff, "finance", "support"))
    [mail] = mailoutbox
    assert mail.to == ["mira@shopiq.test"]
    link, mira = link_in(mail), Client()
    assert "in the groups finance, support" in text(mira.get(link))

    response = mira.post(link, {"name": "Mira", "password": PASSWORD})
    assert response.headers["Location"] == "/2fa/totp/activate/"
    user = User.objects.get(email="mira@shopiq.test")
    assert not user.is_staff
    assert mira.get(PAGE).status_code in (302, 403)
    assert "Without a second factor" in text(staff.get(PAGE))
    assert Client().get(link).status_code == 404

    assert "You are one of the staff now." in enrol(mira)
    user.refresh_from_db()
    assert user.is_staff
    assert [group.name for group in user.groups.order_by("name")] == ["finance", "support"]
    assert mira.get("/admin/billing/purchase/").status_code == 200
    assert mira.get(PAGE).status_code == 403
    assert actions() == ["staff.invited", "staff.joined"]


def test_someone_with_a_login_accepts_with_it(mailoutbox: list[EmailMessage]) -> None:
    user = create_user(None, email="mira@shopiq.test", password=PASSWORD)
    invite(superuser())
    link = link_in(mailoutbox[-1])
    assert "already has a ShopIQ login" in text(Client().get(link))
    stranger = browser_of(create_user(None, email="other@shopiq.test"))
    assert "This invitation is for mira@shopiq.test" in text(stranger.post(link))
    TOTP.activate(user, SECRET)
    assert browser_of(user).post(link).headers["Location"] == "/admin/"
    user.refresh_from_db()
    assert user.is_staff


def test_a_link_ends(mailoutbox: list[EmailMessage]) -> None:
    staff = superuser()
    links = []
    for _ in range(2):
        invite(staff)
        links.append(link_in(mailoutbox[-1]))
    assert [Client().get(link).status_code for link in links] == [404, 200]
    StaffInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(links[1]).status_code == 404
    invite(staff)
    last = StaffInvitation.objects.latest("created_at")
    staff.post(f"{PAGE}invitations/{last.pk}/withdraw/")
    assert Client().get(link_in(mailoutbox[-1])).status_code == 404
    assert actions().count("staff.invitation_withdrawn") == 1


def test_an_inviter_who_lost_the_right_makes_no_one_staff(
    mailoutbox: list[EmailMessage],
) -> None:
    invite(in_group("admin", "asha@shopiq.test"))
    User.objects.filter(email="asha@shopiq.test").update(is_staff=False)
    mira = Client()
    mira.post(link_in(mailoutbox[-1]), {"name": "Mira", "password": PASSWORD})
    enrol(mira)
    assert not User.objects.get(email="mira@shopiq.test").is_staff


def test_recovery_codes_alone_are_no_second_factor() -> None:
    asha = User.objects.create_superuser("asha@shopiq.test", None)
    mira = User.objects.create_verified_user("mira@shopiq.test", PASSWORD, name="Mira")
    invite_staff(email=mira.email, groups=["finance"], inviter=asha, actor=asha.email)
    StaffInvitation.objects.update(accepted_by=mira)
    factor = Authenticator.objects.create(
        user=mira, type=Authenticator.Type.RECOVERY_CODES, data={}
    )
    client = ClientInfo("203.0.113.1", "")

    assert not complete_staff_invitations(user=mira, client=client)
    Authenticator.objects.filter(pk=factor.pk).update(type=Authenticator.Type.TOTP)
    assert complete_staff_invitations(user=mira, client=client)


def test_groups_change_and_staff_leave(mailoutbox: list[EmailMessage]) -> None:
    staff = in_group("admin", "asha@shopiq.test")
    ravi_browser = in_group("finance", "ravi@shopiq.test")
    ravi = User.objects.get(email="ravi@shopiq.test")
    shown = text(staff.get(PAGE))
    assert "ravi@shopiq.test" in shown
    assert "<td> Finance </td>" in shown

    staff.post(f"{PAGE}{ravi.pk}/", {"groups": ["support"]})
    assert [group.name for group in ravi.groups.all()] == ["support"]
    assert ravi_browser.get("/admin/billing/approval/").status_code == 403
    staff.post(f"{PAGE}{ravi.pk}/remove/")

    ravi.refresh_from_db()
    assert (ravi.is_staff, ravi.groups.count()) == (False, 0)
    assert ravi_browser.get("/admin/").status_code == 302
    assert [mail.to for mail in mailoutbox] == [["ravi@shopiq.test"]] * 2
    trail = AuditEntry.objects.of(PLATFORM_ID).filter(action="login.permissions_changed")
    assert [entry.actor for entry in trail] == ["asha@shopiq.test"] * 2


def test_no_one_gives_or_takes_more_than_they_have() -> None:
    beyond = Group.objects.create(name="beyond")
    in_group("admin", "asha@shopiq.test")
    asha, root = User.objects.get(), User.objects.create_superuser("root@shopiq.test", None)
    beyond.permissions.set([_permission("read_saved_mail")])
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
    remove_staff(user=asha, by=root, staff=Staff("root"))
    with pytest.raises(MoreThanOwn):
        set_staff_groups(user=root, groups=[], by=asha, staff=Staff("asha"))
    beyond.delete()  # groups stay in the database of the tests


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


def test_a_command_invites_the_first_ones(mailoutbox: list[EmailMessage]) -> None:
    out = StringIO()
    call_command("create_staff", "mira@shopiq.test", "--group=admin", stdout=out)
    assert link_in(mailoutbox[-1]) in out.getvalue()
    entry = AuditEntry.objects.get(action="staff.invited")
    assert (entry.actor, entry.detail["groups"]) == ("command:create_staff", ["admin"])
    for address in ("nonsense", "root@shopiq.test"):
        superuser() if address != "nonsense" else None
        with pytest.raises(CommandError):
            call_command("create_staff", address, "--group=admin")


def _permission(codename: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename)
