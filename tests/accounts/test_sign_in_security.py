"""Attacks on sign-in, and what stays behind in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.authenticator_apps import SECRET
from tests.accounts.sign_ins import PASSWORD, sign_in, text
from tests.mails import link_in
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

LOCKED = "Too many attempts. Try again in five minutes"


def test_the_host_header_does_not_allow_more_attempts(priya: User) -> None:
    for port in range(1, 6):
        sign_in(Client(), password="wrong", host=f"localhost:{port}")
    assert LOCKED in text(sign_in(Client(), host="127.0.0.1"))


def test_the_case_of_the_address_does_not_allow_more_attempts(priya: User) -> None:
    for email in ("PRIYA@nova.test", " priya@nova.test", "Priya@Nova.Test ", "priya@NOVA.test"):
        sign_in(Client(), email, "wrong")
    sign_in(Client(), password="wrong")
    assert LOCKED in text(sign_in(Client()))


def test_resetting_the_password_ends_the_lockout(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(5):
        sign_in(Client(), password="wrong")
    Client().post("/password/reset/", {"email": priya.email})
    assert LOCKED in text(sign_in(Client()))
    visitor = Client()
    form = visitor.get(link_in(mailoutbox[0], "password/reset/key"), follow=True)
    visitor.post(form.request["PATH_INFO"], {"password1": "a much better one"})
    assert "Overview" in text(sign_in(Client(), password="a much better one"))


def test_links_in_emails_use_the_public_url_whatever_the_host_header(
    priya: User, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.PUBLIC_URL = "https://shopiq.test"
    host = {"host": "localhost:4444"}
    sign_up = {"company": "X", "name": "X", "password1": PASSWORD}
    for email in ("priya@nova.test", "asha@nova.test"):
        Client().post("/password/reset/", {"email": email}, headers=host)
        Client().post("/signup/", {**sign_up, "email": email}, headers=host)
    form = {"oldpassword": PASSWORD, "password1": "a much better one"}
    browser_of(priya).post("/password/change/", form, headers=host)
    assert len(mailoutbox) == 5
    for mail in mailoutbox:
        assert "localhost" not in mail.body
        assert "https://shopiq.test" in mail.body


def test_signed_in_pages_are_not_cached(priya: User) -> None:
    browser = browser_of(priya)
    TOTP.activate(priya, SECRET)
    for page in ("/dashboard/security/", "/2fa/", "/2fa/webauthn/", "/sessions/", "/email/"):
        assert "no-store" in browser.get(page).headers["Cache-Control"], page


def test_sign_in_changes_the_session_key(priya: User) -> None:
    visitor = Client()
    visitor.get("/login/")
    session = visitor.session
    session["planted"] = True
    session.save()
    visitor.cookies["sessionid"] = planted = str(session.session_key)
    sign_in(visitor)
    assert visitor.cookies["sessionid"].value != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/dashboard/").status_code == 302


def test_a_deactivated_user_is_signed_out_immediately(priya: User) -> None:
    browser = browser_of(priya)
    User.objects.update(is_active=False)
    for page in ("/dashboard/", "/dashboard/security/", "/2fa/", "/sessions/"):
        assert browser.get(page).status_code == 302, page


def test_adding_an_address_does_not_reveal_whether_it_has_a_login(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    create_user(None, email="taken@nova.test")
    pages = []
    for email in ("taken@nova.test", "free@nova.test"):
        response = browser_of(priya).post(
            "/email/", {"action_add": "", "email": email}, follow=True
        )
        pages.append(
            text(response).replace(email, "").replace(str(response.context["csrf_token"]), "")
        )
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "foreign", ["https://evil.test/", "//evil.test/", "/\\evil.test", "https://evil.shops.test/"]
)
@pytest.mark.parametrize("address", ["/login/", "/logout/", "/signup/"])
def test_no_sign_in_page_redirects_to_a_foreign_site(
    priya: User, address: str, foreign: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".shops.test"]
    form = {"login": priya.email, "password": PASSWORD, "next": foreign}
    address = f"{address}?next={foreign}"
    for response in (Client().post(address, form), browser_of(priya).get(address)):
        assert "evil" not in response.headers.get("Location", "")
