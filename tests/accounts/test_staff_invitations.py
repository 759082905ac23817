"""Staff are invited, and set a password and a second factor before anything else."""

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
from accounts.services.staff import complete_staff_invitations, invite_staff
from tests.accounts.sign_ins import text
from tests.accounts.staff_people import PAGE, actions
from tests.staff import in_group, superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")

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


def test_the_invited_set_a_password_and_a_second_factor_before_anything_else(
    mailoutbox: list[EmailMessage],
) -> None:
    staff = in_group("admin", "asha@shopiq.test")
    assert "Invitation sent to Mira@ShopIQ.test." in text(invite(staff, "finance", "support"))
    [mail] = mailoutbox
    assert mail.to == ["mira@shopiq.test"]
    left = StaffInvitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
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
    groups = sorted(Group.objects.values_list("name", flat=True))
    invite_staff(email=mira.email, groups=groups, inviter=asha, actor=asha.email)
    StaffInvitation.objects.update(accepted_by=mira)
    factor = Authenticator.objects.create(
        user=mira, type=Authenticator.Type.RECOVERY_CODES, data={}
    )
    client = ClientInfo("203.0.113.1", "")

    assert not complete_staff_invitations(user=mira, client=client)
    Authenticator.objects.filter(pk=factor.pk).update(type=Authenticator.Type.TOTP)
    assert complete_staff_invitations(user=mira, client=client)
    assert StaffInvitation.objects.get().completed_at
    entry = AuditEntry.objects.get(action="login.permissions_changed")
    assert (entry.actor, entry.detail["after"]["groups"]) == (asha.email, groups)


def test_a_second_factor_makes_no_one_staff_who_was_not_invited() -> None:
    root = User.objects.create_superuser("root@shopiq.test", None)
    mira, ravi = (create_user(None, email=f"{name}@shopiq.test") for name in ("mira", "ravi"))
    invite_staff(email=mira.email, groups=["finance"], inviter=root, actor=root.email)
    StaffInvitation.objects.update(accepted_by=mira)
    TOTP.activate(ravi, SECRET)
    assert not complete_staff_invitations(user=ravi, client=ClientInfo("203.0.113.1", ""))


def test_a_command_invites_the_first_ones(mailoutbox: list[EmailMessage]) -> None:
    out = StringIO()
    call_command("create_staff", "mira@shopiq.test", "--group=admin", stdout=out)
    assert link_in(mailoutbox[-1]) in out.getvalue()
    entry = AuditEntry.objects.get(action="staff.invited")
    assert (entry.actor, entry.detail["groups"]) == ("command:create_staff", ["admin"])
    mira = User.objects.create_verified_user("mira@shopiq.test", PASSWORD, name="Mira")
    StaffInvitation.objects.update(accepted_by=mira)
    TOTP.activate(mira, SECRET)
    assert complete_staff_invitations(user=mira, client=ClientInfo("203.0.113.1", ""))
    changed = AuditEntry.objects.get(action="login.permissions_changed")
    assert changed.actor == "command:create_staff"
    for address in ("nonsense", "root@shopiq.test"):
        superuser() if address != "nonsense" else None
        with pytest.raises(CommandError):
            call_command("create_staff", address, "--group=admin")
