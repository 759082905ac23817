"""Changes that staff make to logins are recorded, end sessions and are mailed to the user."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client

from accounts.models import AuditEntry, Partner, SecurityEvent, User
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import PASSWORD, actions, regular, signed_in, text
from tests.factories import PartnerFactory
from tests.users import browser_of

pytestmark = pytest.mark.usefixtures("live_db")


@pytest.fixture
def partner() -> Partner:
    return PartnerFactory.create(name="Nova Retail")


@pytest.fixture
def priya(partner: Partner) -> User:
    return regular(partner)


@pytest.fixture
def staff() -> Client:
    client = browser_of(User.objects.create_superuser("root@shopiq.test", PASSWORD))
    client.defaults.update(REMOTE_ADDR="192.0.2.44", HTTP_USER_AGENT="Firefox Linux")
    return client


def edit(staff: Client, user: User, **changes: Any) -> None:
    form = {"email": user.email, "name": user.name, "is_active": "on", **changes}
    page = staff.post(f"/admin/accounts/user/{user.pk}/change/", form)
    assert page.status_code == 302


def last_entry(partner_id: str) -> AuditEntry:
    return AuditEntry.objects.of(partner_id).latest("at")


def test_a_new_address_is_mailed_to_both_and_ends_the_sessions(
    priya: User, partner: Partner, staff: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser = signed_in()
    mailoutbox.clear()
    assert EmailAddress.objects.filter(email="priya@nova.test").exists()
    edit(staff, priya, email="rao@nova.test")
    assert not EmailAddress.objects.filter(email="priya@nova.test").exists()
    assert [mail.to for mail in mailoutbox] == [["rao@nova.test"], ["priya@nova.test"]]
    assert "from priya@nova.test to rao@nova.test" in mailoutbox[1].body
    assert "192.0.2.44" not in mailoutbox[1].body
    assert browser.get("/dashboard/").status_code == 302
    entry = last_entry(partner.pk)
    assert (entry.action, entry.actor) == ("login.email_set_by_staff", "root@shopiq.test")
    assert entry.detail == {"before": "priya@nova.test", "after": "rao@nova.test"}
    assert last_entry(PLATFORM_ID).detail["ip_address"] == "192.0.2.44"


def test_a_name_set_by_staff(
    priya: User, partner: Partner, staff: Client, mailoutbox: list[EmailMessage]
) -> None:
    before = priya.name
    edit(staff, priya, name="Priya Rao")
    entry = last_entry(partner.pk)
    assert entry.action == "login.renamed_by_staff"
    assert entry.detail == {"before": before, "after": "Priya Rao"}
    assert "Your name was changed." in mailoutbox[0].body


def test_a_password_set_by_staff(
    priya: User, partner: Partner, staff: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser = signed_in()
    mailoutbox.clear()
    page = f"/admin/accounts/user/{priya.pk}/password/"
    wrong = {"password1": "a", "password2": "b", "usable_password": "true"}
    staff.post(page, wrong)
    assert mailoutbox == []
    right = {**wrong, "password1": "a much better one", "password2": "a much better one"}
    assert staff.post(page, right).status_code == 302
    assert "Your password was changed." in mailoutbox[0].body
    assert browser.get("/dashboard/").status_code == 302
    assert last_entry(partner.pk).action == "login.password_set_by_staff"


def test_commands_leave_entries_and_tell_the_user(
    priya: User, partner: Partner, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "django.contrib.auth.management.commands.changepassword.getpass.getpass"
    monkeypatch.setattr(typed, lambda prompt: "another good one")
    browser = signed_in()
    mailoutbox.clear()

    call_command("changepassword", priya.email, stdout=StringIO())
    assert "Your password was changed." in mailoutbox[0].body
    assert browser.get("/dashboard/").status_code == 302
    for chain in (partner.pk, PLATFORM_ID):
        entry = last_entry(chain)
        assert (entry.action, entry.actor) == ("login.password_set_by_staff", "command")

    call_command("createsuperuser", "--noinput", email="root@nova.test", stdout=StringIO())
    entry = last_entry(PLATFORM_ID)
    assert (entry.action, entry.target) == ("login.created_by_staff", "root@nova.test")


def test_staff_stay_signed_in_when_they_set_their_own_password(staff: Client) -> None:
    root = User.objects.get()
    form = {"password1": "a much better one", "password2": "a much better one"}
    staff.post(f"/admin/accounts/user/{root.pk}/password/", {**form, "usable_password": "true"})
    assert staff.get("/admin/").status_code == 200


def test_activity_and_second_factors(
    priya: User, partner: Partner, staff: Client, mailoutbox: list[EmailMessage]
) -> None:
    edit(staff, priya, is_active="", is_staff="on", is_superuser="on")
    edit(staff, priya, is_staff="on", is_superuser="on")
    priya.refresh_from_db()
    assert (priya.is_staff, priya.is_superuser) == (False, False), "by invitation alone"
    browser = signed_in()
    TOTP.activate(priya, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    form = {"action": "remove_second_factor", "_selected_action": [priya.pk], "confirmed": "yes"}
    form["reason"] = "She lost her phone"
    staff.post("/admin/accounts/user/", form)
    assert browser.get("/dashboard/").status_code == 302
    assert [each for each in actions(partner.pk) if each != "login.signed_in"] == [
        "login.deactivated",
        "login.reactivated",
        "login.second_factor_reset",
    ]
    assert all(mail.to == [priya.email] for mail in mailoutbox)
    history = text(signed_in().get("/dashboard/security/history/"))
    assert "192.0.2.44" not in history
    events = SecurityEvent.objects.filter(user=priya, action="login.second_factor_reset")
    assert events.count() == 1


def test_a_login_created_by_staff_is_recorded(staff: Client) -> None:
    form = {"email": "new@nova.test", "name": "New", "password1": PASSWORD, "password2": PASSWORD}
    staff.post("/admin/accounts/user/add/", {**form, "usable_password": "true"})
    entry = last_entry(PLATFORM_ID)
    assert (entry.action, entry.target) == ("login.created_by_staff", "new@nova.test")
