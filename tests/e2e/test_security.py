"""Second factors in a real browser: an authenticator app, and a passkey on a virtual device."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from accounts.models import User
from config.mail.content import from_json
from config.mail.models import OutgoingMail
from tests.accounts.enrolment import code_in
from tests.factories import PartnerFactory
from tests.users import create_user

pytestmark = pytest.mark.e2e

PASSWORD = "correct horse battery"


@pytest.fixture
def priya(live_db: None) -> User:
    partner = PartnerFactory.create(name="Nova Retail")
    return create_user(partner, email="priya@nova.test", password=PASSWORD)


@pytest.fixture
def here(base_url: str) -> str:
    """The site by host name, since browsers store no passkeys for IP addresses."""
    return base_url.replace("127.0.0.1", "localhost")


@pytest.fixture
def laptop(page: Page) -> None:
    """A laptop with a fingerprint reader whose user always confirms."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def code(secret: str, *, later: int = 0) -> str:
    """Return the code of now, or of the next half minute, since none is accepted twice."""
    counters = list(yield_hotp_counters_from_time())
    value = hotp_value(secret, counters[len(counters) // 2 + later])
    return str(format_hotp_value(value))


def give_password(page: Page, here: str) -> None:
    page.goto(f"{here}/login/")
    page.get_by_label("Email").fill("priya@nova.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def enter_emailed_code(page: Page) -> None:
    page.get_by_role("button", name="Send code").click()
    field = page.get_by_label("Code from the email")
    expect(field).to_be_visible()
    mail = from_json(OutgoingMail.objects.latest("pk").get_decrypted("content"))
    field.fill(code_in(mail))
    page.get_by_role("button", name="Continue").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def expect_dashboard(page: Page) -> None:
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_sign_in_requires_a_code_once_an_app_is_set_up(page: Page, priya: User, here: str) -> None:
    give_password(page, here)
    page.get_by_role("link", name="Sign-in and security").click()
    page.get_by_role("link", name="Set up two-factor authentication").click()
    page.get_by_role("link", name="Set up app").click()
    enter_emailed_code(page)
    secret = page.locator("figure code").inner_text()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Turn on app").click()
    expect(page.get_by_text("10 of 10 codes left")).to_be_visible()
    sign_out(page)

    give_password(page, here)
    page.get_by_label("Code").fill(code(secret, later=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_dashboard(page)


def test_a_passkey_signs_in_alone_and_as_the_second_step(
    page: Page, priya: User, here: str, laptop: None
) -> None:
    give_password(page, here)
    page.goto(f"{here}/2fa/webauthn/add/")
    enter_emailed_code(page)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("10 of 10 codes left")).to_be_visible()
    page.goto(f"{here}/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_dashboard(page)
    sign_out(page)

    give_password(page, here)
    page.get_by_role("button", name="Use a passkey").click()
    expect_dashboard(page)


def test_a_browser_without_passkeys_shows_a_message(
    page: Page, priya: User, here: str, laptop: None
) -> None:
    page.goto(f"{here}/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
