"""Sign-ins and changes to logins in the audit trail and in the user's own history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.jobs import purge_security_events
from accounts.models import AuditEntry, Member, Partner, SecurityEvent, User
from config.db.ids import first_id
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import actions, browser, regular, sign_in, signed_in, text
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.seed.passkeys import add_passkey
from tests.users import create_user

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def priya(partner: Partner) -> User:
    return regular(partner)


def test_sign_in_failure_and_sign_out_are_recorded_with_address_and_device(
    priya: User, partner: Partner
) -> None:
    client = browser()
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/logout/")
    assert actions(partner.pk) == ["login.failed", "login.signed_in", "login.signed_out"]
    for entry in AuditEntry.objects.of(partner.pk):
        assert entry.actor == priya.email
        assert entry.detail == {"ip_address": "203.0.113.7", "device": "Firefox on Linux"}


def test_every_partner_of_a_user_sees_them_and_users_without_one_have_the_platforms(
    priya: User, partner: Partner
) -> None:
    second = PartnerFactory.create()
    Member.objects.create(partner=second, user=priya)
    regular(None, "root@shopiq.test")
    sign_in(browser())
    sign_in(browser(), "root@shopiq.test")
    for partner_id in (partner.pk, second.pk, PLATFORM_ID):
        assert actions(partner_id) == ["login.signed_in"]
    assert AuditEntry.objects.of(PLATFORM_ID).get().actor == "root@shopiq.test"


def test_second_steps_and_confirmations_are_recorded(priya: User, partner: Partner) -> None:
    TOTP.activate(priya, SECRET)
    RecoveryCodes.activate(priya)
    client = browser()
    sign_in(client)
    client.post("/2fa/authenticate/", {"code": "000000"})
    [spare, *_] = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post("/2fa/authenticate/", {"code": spare})
    client.post("/reauthenticate/", {"password": "wrong"})
    assert actions(partner.pk) == [
        "login.second_factor_failed",
        "login.recovery_code_used",
        "login.signed_in",
        "login.reauthentication_failed",
    ]
    assert "authenticator app" in text(client.get("/dashboard/security/history/"))


def test_a_failed_passkey_is_recorded(priya: User, partner: Partner) -> None:
    add_passkey(priya, "Phone")
    client = browser()
    sign_in(client)
    client.post("/2fa/authenticate/", {"credential": '{"id": "x"}'})
    assert actions(partner.pk) == ["login.second_factor_failed"]


def test_a_reset_and_the_end_of_sessions_are_recorded(
    priya: User, partner: Partner, mailoutbox: list[EmailMessage]
) -> None:
    client = signed_in()
    signed_in()
    client.post("/sessions/")
    client.post("/password/reset/", {"email": priya.email})
    form = client.get(link_in(mailoutbox[-1], "password/reset/key"), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a much better one"})
    assert actions(partner.pk)[2:] == [
        "login.sessions_ended",
        "login.password_reset_requested",
        "login.password_reset",
    ]


def test_failures_with_unknown_addresses_are_recorded_without_the_address() -> None:
    sign_in(browser(), "who@nova.test", "wrong")
    entry = AuditEntry.objects.get()
    assert (entry.partner_id, entry.action) == (PLATFORM_ID, "login.unknown_address")
    assert len(entry.target) == 32
    assert "nova" not in str(AuditEntry.objects.values_list().get())
    assert entry.detail["ip_address"] == "203.0.113.7"
    sign_in(browser("198.51.100.1"), " WHO@nova.test", "wrong")
    assert AuditEntry.objects.count() == 1


def test_a_flood_of_failures_writes_few_entries(
    priya: User, partner: Partner, settings: Any
) -> None:
    limits = {"login_failed_address": "12/h/key", "unknown_address_entries": "15/h/key"}
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **limits}
    for number in range(12):
        client = browser(f"198.51.{number}.1")
        sign_in(client, password="wrong")
        for other in range(2):
            sign_in(client, f"{number}-{other}@nova.test", "wrong")
    assert actions(partner.pk) == ["login.failed"] * 10
    assert len(actions(PLATFORM_ID)) == 15
    sign_in(browser("198.51.200.1"), password="wrong")
    sign_in(browser("198.51.200.1"), password="wrong")
    assert actions(partner.pk)[10:] == ["login.locked"]


def test_users_see_their_own_history_for_90_days_in_pages(priya: User) -> None:
    other = create_user(None, email="asha@nova.test")
    client = signed_in()
    old = timezone.now() - timedelta(days=91)
    for number in range(35):
        SecurityEvent.objects.create(user=priya, action="login.failed", address=f"10.0.0.{number}")
    SecurityEvent.objects.create(user=other, action="login.failed", address="192.0.2.99")
    expired = SecurityEvent.objects.create(
        id=first_id(old).ljust(24, "0"), user=priya, action="login.failed", address="192.0.2.98"
    )
    SecurityEvent.objects.filter(pk=expired.pk).update(at=old)
    first = text(client.get("/dashboard/security/history/"))
    assert "10.0.0.34" in first
    assert "10.0.0.5<" not in first
    assert "192.0.2.9" not in first
    page = client.get("/dashboard/security/history/").context["page"]
    second = text(client.get(f"/dashboard/security/history/?after={page.next}"))
    assert "10.0.0.5<" in second
    assert "Signed in" in second
    assert "Firefox on Linux" in second
    purge_security_events()
    assert not SecurityEvent.objects.filter(pk=expired.pk).exists()
    assert SecurityEvent.objects.count() == 37


def test_reporting_activity_ends_other_sessions_and_leads_to_a_new_password(
    priya: User, partner: Partner
) -> None:
    own, thief = signed_in(), signed_in(address="198.51.100.1")
    assert "This was not me" in text(own.get("/dashboard/security/history/"))
    response = own.post("/dashboard/security/not-me/", follow=True)
    assert response.redirect_chain == [("/password/change/", 302)]
    assert thief.get("/dashboard/").status_code == 302
    assert own.get("/dashboard/").status_code == 200
    assert actions(partner.pk)[-1] == "login.reported"
    page = text(own.get("/sessions/"))
    assert "198.51.100.1" not in page
    assert "This browser" in page


def test_the_audit_page_of_the_partner_shows_and_filters_them(priya: User) -> None:
    client = signed_in()
    page = text(client.get("/dashboard/audit/?subject=sign-in"))
    assert "Signed in" in page
    assert "IP address</span> 203.0.113.7" in page
    assert "203.0.113.7" not in text(client.get("/dashboard/audit/?subject=keys"))


def test_headers_of_any_content_are_recorded(priya: User) -> None:
    client = Client(headers={"user-agent": "x" * 5000})
    assert "Overview" in text(sign_in(client))
    assert SecurityEvent.objects.get().user_agent == "x" * 200
    assert AuditEntry.objects.get().detail["device"] == "x" * 60
