"""Authenticator apps, recovery codes, and partners that require them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
)
from django.core.mail import EmailMessage
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from config.db.rotation import Progress, count_outdated, rotate_all
from tests.accounts.authenticator_apps import SECRET, code
from tests.accounts.sign_ins import sign_in, text
from tests.config.test_encryption import key_entry
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db


def test_setting_up_an_app_generates_recovery_codes(confirmed: Client) -> None:
    browser = confirmed
    secret = browser.get("/2fa/totp/activate/").context["form"].secret
    response = browser.post("/2fa/totp/activate/", {"code": code(secret)}, follow=True)
    assert response.redirect_chain == [("/2fa/recovery-codes/", 302)]
    assert "10 of 10 codes left" in text(response)
    assert len(browser.get("/2fa/recovery-codes/download/").content.split()) == 10


def test_a_wrong_first_code_does_not_activate_the_app(confirmed: Client) -> None:
    response = confirmed.post("/2fa/totp/activate/", {"code": "000000"})
    assert "This code is incorrect" in text(response)
    assert not Authenticator.objects.exists()


def test_the_qr_code_complies_with_the_content_security_policy(confirmed: Client) -> None:
    page = confirmed.get("/2fa/totp/activate/").content.decode()
    assert '<svg role="img" aria-label=' in page
    assert "data:" not in page
    assert " style=" not in page


def test_secrets_are_encrypted_in_the_database(protected: User) -> None:
    stored = {row.type: row.data for row in Authenticator.objects.all()}
    assert stored["totp"]["secret"].startswith("v1.")
    assert stored["recovery_codes"]["seed"].startswith("v1.")


def test_secrets_are_rotated_with_all_others(protected: User, settings: Any) -> None:
    newest = key_entry(99)
    settings.FIELD_ENCRYPTION_KEYS = [newest, *settings.FIELD_ENCRYPTION_KEYS]
    spares = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert count_outdated() == 2
    assert list(rotate_all())[-1] == Progress("mfa_authenticator", 2, 2)
    assert count_outdated() == 0
    settings.FIELD_ENCRYPTION_KEYS = [newest]
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == spares


def test_a_sign_in_needs_the_code(protected: User) -> None:
    browser = Client()
    assert "Two-factor authentication" in text(sign_in(browser))
    assert browser.get("/dashboard/").status_code == 302
    assert "code is incorrect" in text(browser.post("/2fa/authenticate/", {"code": "000000"}))
    response = browser.post("/2fa/authenticate/", {"code": code()}, follow=True)
    assert response.redirect_chain == [("/dashboard/", 302)]


def at_step(number: float) -> datetime:
    """Return a moment in the given half minute of a fixed hour."""
    return datetime.fromtimestamp(1_800_000_000 + 30 * number, tz=UTC)


def test_a_code_works_once_for_as_long_as_it_is_valid(
    protected: User, time_machine: TimeMachineFixture
) -> None:
    app = Authenticator.objects.get(type="totp").wrap()
    time_machine.move_to(at_step(0.1), tick=False)
    used = code()
    assert app.validate_code(used)

    for step in (0.3, 1.1, 1.9):
        time_machine.move_to(at_step(step), tick=False)
        assert not Authenticator.objects.get(type="totp").wrap().validate_code(used)
    assert app.validate_code(code())


def test_the_code_that_activates_an_app_does_not_sign_in(confirmed: Client) -> None:
    first = code(confirmed.get("/2fa/totp/activate/").context["form"].secret)
    confirmed.post("/2fa/totp/activate/", {"code": first})

    thief = Client()
    sign_in(thief)
    assert "code is incorrect" in text(thief.post("/2fa/authenticate/", {"code": first}))


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_the_secret_of_another_user_is_no_second_factor(protected: User, kind: str) -> None:
    thief = create_user(None, email="thief@nova.test")
    TOTP.activate(thief, SECRET)
    RecoveryCodes.activate(thief)
    theirs = Authenticator.objects.get(user=thief, type=kind)
    known = code() if kind == "totp" else theirs.wrap().get_unused_codes()[0]

    Authenticator.objects.filter(user=protected, type=kind).update(data=theirs.data)

    assert not Authenticator.objects.get(user=protected, type=kind).wrap().validate_code(known)
    assert theirs.wrap().validate_code(known)


def test_a_recovery_code_works_once(protected: User) -> None:
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in ("Overview", "code is incorrect"):
        browser = Client()
        sign_in(browser)
        assert expected in text(browser.post("/2fa/authenticate/", {"code": spare}, follow=True))


def test_codes_cannot_be_guessed_for_long(protected: User) -> None:
    browser = Client()
    sign_in(browser)
    for _ in range(5):
        browser.post("/2fa/authenticate/", {"code": "000000"})
    assert "Too many attempts" in text(browser.post("/2fa/authenticate/", {"code": code()}))


def test_an_app_can_be_used_to_reauthenticate(protected: User) -> None:
    browser = browser_of(protected, fresh=False)
    asked = browser.get("/dashboard/team/invite/", follow=True)
    assert "Use a code from your authenticator app" in text(asked)
    form = {"code": code(), "next": "/dashboard/team/invite/"}
    assert (
        browser.post("/2fa/reauthenticate/", form).headers["Location"] == "/dashboard/team/invite/"
    )
    assert browser.get("/dashboard/team/invite/").status_code == 200


def test_deactivating_the_app_requires_confirmation_and_deletes_recovery_codes(
    protected: User, mailoutbox: list[EmailMessage]
) -> None:
    browser = browser_of(protected)
    assert Authenticator.objects.count() == 2
    browser.post("/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()


def test_without_an_app_there_is_none_to_turn_off(priya: User) -> None:
    browser = browser_of(priya)
    assert browser.get("/2fa/totp/deactivate/").status_code == 404
    assert browser.post("/2fa/totp/deactivate/").status_code == 404


def test_new_recovery_codes_replace_the_old(protected: User) -> None:
    before = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser_of(protected).post("/2fa/recovery-codes/generate/")
    after = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert not set(before) & set(after)


def test_an_address_can_be_changed_with_a_second_factor(
    protected: User, mailoutbox: list[EmailMessage]
) -> None:
    browser_of(protected).post("/email/", {"action_add": "", "email": "rao@nova.test"})
    assert mailoutbox[0].to == ["rao@nova.test"]


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        ("127.0.0.1:8000", 'href="http://localhost:8000/login/"'),
        ("[::1]:8000", 'href="http://localhost:8000/login/"'),
        ("localhost:8000", ""),
    ],
)
def test_an_ip_address_links_to_the_url_where_passkeys_work(host: str, advice: str) -> None:
    page = text(Client().get("/login/", headers={"host": host}))
    assert advice in page
    assert ("Passkeys need a domain name" in page) == bool(advice)
