"""Known devices, emails about new ones, and the lockout that they are exempt from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.sign_ins import PASSWORD, browser, regular, sign_in, signed_in, text
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import create_user

pytestmark = pytest.mark.django_db

LOCKED = "Too many attempts"
NEW_PASSWORD = "a much better one"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def priya() -> User:
    return regular(PartnerFactory.create(name="Nova Retail"))


def news(mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    return [mail for mail in mailoutbox if mail.subject == "New sign-in to ShopIQ"]


def test_a_sign_in_on_a_new_browser_is_mailed_once(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    client = browser(user_agent="Click https://evil.example/ Firefox/140.0 Linux")
    for _ in range(2):
        sign_in(client)
        client.post("/logout/")
    [mail] = news(mailoutbox)
    assert mail.to == [priya.email]
    assert "203.0.113.7" in mail.body
    assert "Firefox on Linux" in mail.body
    assert "evil" not in mail.body
    assert client.get(link_in(mail, "not-me")).headers["Location"].startswith("/login/")
    signed_in(address="198.51.100.1")
    assert len(news(mailoutbox)) == 2


def test_the_first_sign_in_and_a_forged_cookie(mailoutbox: list[EmailMessage]) -> None:
    create_user(PartnerFactory.create(), email="priya@nova.test", password=PASSWORD)
    client = signed_in()
    assert news(mailoutbox) == []
    signed = client.cookies["device"].value
    stranger = browser()
    stranger.cookies["device"] = signed[:-3] + "abc"
    sign_in(stranger)
    assert len(news(mailoutbox)) == 1


def test_a_device_of_one_user_is_new_to_another(
    priya: User, mailoutbox: list[EmailMessage]
) -> None:
    regular(PartnerFactory.create(), "asha@nova.test")
    client = signed_in()
    client.post("/logout/")
    sign_in(client, "asha@nova.test")
    assert [mail.to for mail in news(mailoutbox)] == [[priya.email], ["asha@nova.test"]]
    client.post("/logout/")
    sign_in(client)
    assert len(news(mailoutbox)) == 2


def change_password(client: Client, _: list[EmailMessage]) -> None:
    client.post("/password/change/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})


def reset_password(client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post("/password/reset/", {"email": "priya@nova.test"})
    form = client.get(link_in(mailoutbox[-1], "password/reset/key"), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD})


@pytest.mark.parametrize("change", [change_password, reset_password])
def test_a_new_password_makes_all_browsers_new_but_the_one_that_set_it(
    priya: User,
    change: Callable[[Client, list[EmailMessage]], None],
    mailoutbox: list[EmailMessage],
) -> None:
    own, thief = signed_in(), signed_in()
    change(own, mailoutbox)
    mailoutbox.clear()
    own.post("/logout/")
    sign_in(own, password=NEW_PASSWORD)
    assert news(mailoutbox) == []
    sign_in(thief, password=NEW_PASSWORD)
    assert len(news(mailoutbox)) == 1


def add_app(client: Client) -> None:
    TOTP.activate(User.objects.get(), SECRET)
    client.post("/2fa/totp/deactivate/")


def lock(address: str, attempts: int = 5) -> None:
    for _ in range(attempts):
        sign_in(browser(address), password="wrong")
    assert LOCKED in text(sign_in(browser(address)))


def test_a_stranger_cannot_lock_the_owner_out(priya: User) -> None:
    known = signed_in("priya@nova.test", "203.0.113.7")
    known.post("/logout/")
    lock("198.51.100.1")
    lock("203.0.113.99")  # the network of the owner
    assert "Overview" in text(sign_in(known))
    assert "Overview" in text(sign_in(browser("192.0.2.1")))
    assert LOCKED in text(sign_in(browser("203.0.113.7")))


def test_networks_are_those_of_a_site(priya: User) -> None:
    for number in range(5):
        sign_in(browser(f"2001:db8:1:{number}::1"), password="wrong")
    assert LOCKED in text(sign_in(browser("2001:db8:1:99::1")))
    assert "Overview" in text(sign_in(browser("2001:db8:2::1")))


def test_guesses_from_many_networks_lock_the_address_but_not_its_devices(priya: User) -> None:
    known = signed_in()
    known.post("/logout/")
    for number in range(30):
        sign_in(browser(f"198.51.{number}.1"), password="wrong")
    assert LOCKED in text(sign_in(browser("192.0.2.1")))
    assert "Overview" in text(sign_in(known))


def test_a_known_device_cannot_guess_without_limit(priya: User) -> None:
    known = signed_in()
    known.post("/logout/")
    for _ in range(5):
        sign_in(known, password="wrong")
    assert LOCKED in text(sign_in(known))
    assert "Overview" in text(sign_in(browser("192.0.2.1")))


def test_right_passwords_do_not_count(priya: User) -> None:
    for _ in range(6):
        assert "Overview" in text(sign_in(browser()))
        cache.delete_many([])
    known = signed_in()
    for _ in range(6):
        known.post("/logout/")
        assert "Overview" in text(sign_in(known))


def other_sessions_end(change: Callable[[Client], Any]) -> None:
    own, other = signed_in(), signed_in()
    change(own)
    assert own.get("/dashboard/").status_code == 200
    assert other.get("/dashboard/").status_code == 302
    assert "This browser" in text(own.get("/sessions/"))
    assert "Sign out all other sessions" not in text(own.get("/sessions/"))


def test_removing_a_factor_ends_other_sessions(priya: User) -> None:
    own, other = signed_in(), signed_in()
    TOTP.activate(priya, SECRET)
    own.post("/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert own.get("/dashboard/").status_code == 200
    assert other.get("/dashboard/").status_code == 302
