"""Changes to a login are emailed to the user and audited."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.mail import EmailMessage

from accounts.models import AuditEntry, Member
from tests.accounts.enrolment import enter_emailed_code
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")


def test_adding_and_removing_a_second_factor_is_emailed_and_audited(
    mailoutbox: list[EmailMessage],
) -> None:
    first, second = PartnerFactory.create(), PartnerFactory.create()
    user = create_user(first)
    Member.objects.create(partner=second, user=user)
    browser = browser_of(user)
    enter_emailed_code(browser, mailoutbox)
    secret = browser.get("/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))
    other = browser_of(user)
    browser.post("/2fa/totp/activate/", {"code": code})
    assert other.get("/dashboard/security/").status_code == 302
    assert browser.get("/dashboard/security/").status_code == 200
    browser.post("/2fa/recovery-codes/generate/")
    browser.post("/2fa/totp/deactivate/")
    assert [mail.subject for mail in mailoutbox] == [
        "Authenticator app added",
        "New recovery codes created",
        "Authenticator app removed",
    ]
    added, removed = "login.second_factor_added", "login.second_factor_removed"
    for partner in (first, second):
        entries = AuditEntry.objects.filter(partner=partner).order_by("at")
        assert {entry.actor for entry in entries} == {user.email}
        assert list(entries.values_list("action", "target")) == [
            (added, "TOTP Authenticator"),
            (added, "Recovery codes"),
            ("login.recovery_codes_generated", ""),
            (removed, "TOTP Authenticator"),
            (removed, "Recovery codes"),
        ]
