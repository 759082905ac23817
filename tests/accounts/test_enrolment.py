"""The first second factor needs a code sent by email."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.enrolment import PAGE, code_in, enter_emailed_code
from tests.accounts.sign_ins import text
from tests.users import browser_of

pytestmark = pytest.mark.django_db

APP = "/2fa/totp/activate/"
PASSKEY = "/2fa/webauthn/add/"


@pytest.mark.parametrize(("page", "then"), [(APP, "app"), (PASSKEY, "passkey")])
def test_a_password_alone_does_not_add_the_first_factor(
    page: str, then: str, priya: User, mailoutbox: list[EmailMessage]
) -> None:
    browser, code_page = browser_of(priya), f"/2fa/emailed-code/{then}/"
    for response in (browser.get(page), browser.post(page, {"code": "123456"})):
        assert response.headers["Location"] == code_page
    assert "Send code" in text(browser.get(code_page))
    assert mailoutbox == []
    browser.post(code_page, {"action": "send"})
    [mail] = mailoutbox
    assert mail.to == [priya.email]
    response = browser.post(code_page, {"code": code_in(mail)})
    assert response.headers["Location"] == page
    assert browser.get(page).status_code == 200


def test_the_code_is_of_no_use_elsewhere_or_later(
    priya: User, mailoutbox: list[EmailMessage], time_machine: TimeMachineFixture
) -> None:
    browser, other = browser_of(priya), browser_of(priya)
    browser.post(PAGE, {"action": "send"})
    code = code_in(mailoutbox[0])
    assert other.post(PAGE, {"code": code}).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    assert "incorrect or has expired" in text(browser.post(PAGE, {"code": code}))
    assert browser.get(APP).status_code == 302


def test_entering_the_code_is_good_for_a_quarter_of_an_hour(
    priya: User, mailoutbox: list[EmailMessage], time_machine: TimeMachineFixture
) -> None:
    browser = browser_of(priya)
    enter_emailed_code(browser, mailoutbox)
    assert browser.get(APP).status_code == 200
    assert browser.get(PAGE).headers["Location"] == APP
    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
    assert browser.get(APP).status_code == 302


def test_guesses_and_emails_are_limited(priya: User, mailoutbox: list[EmailMessage]) -> None:
    browser = browser_of(priya)
    browser.post(PAGE, {"action": "send"})
    assert "a moment ago" in text(browser.post(PAGE, {"action": "send"}, follow=True))
    code = code_in(mailoutbox[0])
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        browser.post(PAGE, {"code": wrong})
    assert "incorrect or has expired" in text(browser.post(PAGE, {"code": code}))
    assert len(mailoutbox) == 1


def test_the_code_is_not_stored(priya: User, mailoutbox: list[EmailMessage]) -> None:
    browser = browser_of(priya)
    browser.post(PAGE, {"action": "send"})
    assert code_in(mailoutbox[0]) not in str(dict(browser.session.items()))


def test_users_with_a_factor_add_another_without_it(priya: User) -> None:
    TOTP.activate(priya, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert browser_of(priya).get(PASSKEY).status_code == 200


def test_the_pages_ask_for_a_sign_in_and_for_a_recent_one(priya: User) -> None:
    for page in (APP, PASSKEY, PAGE):
        assert Client().get(page).headers["Location"].startswith("/login/")
        stale = browser_of(priya, fresh=False).get(page)
        assert stale.headers["Location"].startswith("/reauthenticate/")
    assert not Authenticator.objects.exists()
