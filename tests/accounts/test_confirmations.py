"""Links that confirm an address, where its owner may not be who entered it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.jobs import purge_unconfirmed_sign_ups
from accounts.models import AlertLimit, AuditEntry, Invitation, Partner, User
from config.db.owned import PLATFORM_ID
from tests.accounts.sign_ins import actions, sign_in, text
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

STRANGERS = "the password of a stranger"
OWNERS = "the password of the owner"
SIGN_UP = {
    "company": "Fake Company",
    "name": "Mallory",
    "email": "target@victim.test",
    "password1": STRANGERS,
}


@pytest.fixture
def stranger() -> Client:
    client = Client()
    client.post("/signup/", SIGN_UP)
    return client


@pytest.fixture
def link(stranger: Client, mailoutbox: list[EmailMessage]) -> str:
    return link_in(mailoutbox[0], "confirm-email")


def sign_in_as(password: str) -> Any:
    return text(sign_in(Client(), "target@victim.test", password))


def test_the_page_names_company_and_person_and_a_click_does_not_confirm(link: str) -> None:
    page = text(Client().get(link))
    assert "Fake Company" in page
    assert "Mallory" in page
    assert "This was not me" in page
    response = Client().post(link)
    assert response.status_code == 200
    assert not EmailAddress.objects.get().verified
    assert "Check your inbox" in sign_in_as(STRANGERS)


def test_the_owner_keeps_it_by_a_new_password_which_shuts_the_stranger_out(
    link: str, stranger: Client
) -> None:
    user = User.objects.get()
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    owner = Client()
    assert "Choose a new one" in text(owner.get(link))
    assert "Use 12 characters or more." in text(owner.post(f"{link}?new", {"password1": "short"}))
    response = owner.post(f"{link}?new", {"password1": OWNERS}, follow=True)
    assert "Your first request" in text(response)
    assert not Authenticator.objects.exists()
    assert stranger.get("/dashboard/").status_code == 302
    assert stranger.post(link).status_code == 200
    assert stranger.get("/dashboard/").status_code == 302
    assert "Incorrect email or password" in sign_in_as(STRANGERS)
    assert "Overview" in sign_in_as(OWNERS)


def test_another_browser_of_the_owner_signs_in_by_the_password(link: str) -> None:
    owner = Client()
    assert "Incorrect password" in text(owner.post(link, {"password": "wrong"}))
    response = owner.post(link, {"password": STRANGERS}, follow=True)
    assert "Your first request" in text(response)


def test_guesses_at_the_link_are_limited(link: str) -> None:
    for _ in range(5):
        Client().post(link, {"password": "wrong"})
    assert "Too many attempts" in text(Client().post(link, {"password": STRANGERS}))


def test_not_me_deletes_the_login_and_its_company(link: str, stranger: Client) -> None:
    response = Client().post(link, {"action": "not-me"}, follow=True)
    assert "is not used for this login" in text(response)
    assert not User.objects.exists()
    assert not Partner.objects.exists()
    assert "This link has expired" in text(Client().get(link))
    assert "Incorrect email or password" in sign_in_as(STRANGERS)
    entry = AuditEntry.objects.of(PLATFORM_ID).get(action="login.sign_up_rejected")
    assert "victim" not in f"{entry.actor} {entry.target} {entry.detail}"
    again = Client().post("/signup/", {**SIGN_UP, "password1": OWNERS}, follow=True)
    assert again.redirect_chain == [("/confirm-email/", 302)]
    assert User.objects.get().check_password(OWNERS)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Invitation, {"email": "x@nova.test", "token_hash": b"1", "expires_at": timezone.now()}),
        (AlertLimit, {"kind": "error_rate", "value": 30}),
    ],
)
def test_a_company_with_something_else_stays(link: str, model: Any, values: Any) -> None:
    partner = Partner.objects.get()
    model.objects.create(partner=partner, **values)
    Client().post(link, {"action": "not-me"})
    assert not User.objects.exists()
    assert Partner.objects.get() == partner


def test_only_old_sign_ups_that_were_never_confirmed_are_purged(
    link: str, mailoutbox: list[EmailMessage]
) -> None:
    confirmed = Client()
    confirmed.post("/signup/", {**SIGN_UP, "email": "priya@nova.test"})
    confirmed.post(link_in(mailoutbox[1], "confirm-email"))
    by_staff = User.objects.create_user("staff-made@nova.test", OWNERS)
    sign_in(Client(), by_staff.email, OWNERS)
    invited = create_user(PartnerFactory.create())
    purge_unconfirmed_sign_ups()
    assert User.objects.filter(email="target@victim.test").exists()
    User.objects.update(date_joined=timezone.now() - timedelta(days=7))
    purge_unconfirmed_sign_ups()
    emails = set(User.objects.values_list("email", flat=True))
    assert emails == {"priya@nova.test", by_staff.email, invited.email}
    assert Partner.objects.count() == 2


@pytest.fixture
def change(mailoutbox: list[EmailMessage]) -> tuple[User, Client, str]:
    """A change to an address of another person: user, browser, link."""
    user = create_user(PartnerFactory.create(name="Nova Retail"), email="priya@nova.test")
    browser = browser_of(user)
    browser.post("/email/", {"action_add": "", "email": "target@victim.test"})
    return user, browser, link_in(mailoutbox[0], "confirm-email")


def test_a_change_is_confirmed_in_a_browser_of_the_user_only(
    change: tuple[User, Client, str],
) -> None:
    user, browser, link = change
    other = browser_of(user)
    for owner in (Client(), browser_of(create_user(None))):
        assert "Nova Retail" in text(owner.get(link))
        owner.post(link)
        user.refresh_from_db()
        assert user.email == "priya@nova.test"
        assert owner.get("/dashboard/security/").status_code in (200, 302)
    assert "Confirm email" in text(browser.get(link))
    assert browser.post(link).headers["Location"] == "/dashboard/security/"
    user.refresh_from_db()
    assert user.email == "target@victim.test"
    assert browser.get("/dashboard/security/").status_code == 200
    assert other.get("/dashboard/security/").status_code == 302


def test_the_owner_of_the_new_address_refuses_a_change(
    change: tuple[User, Client, str], mailoutbox: list[EmailMessage]
) -> None:
    user, browser, link = change
    sign_up = User.objects.create_user("new@nova.test", None)  # of another person, at that time
    EmailAddress.objects.create(user=sign_up, email=sign_up.email)
    Client().post(link, {"action": "not-me"})
    user.refresh_from_db()
    assert user.email == "priya@nova.test"
    assert "This link has expired" in text(browser.get(link))
    assert mailoutbox[1].to == ["priya@nova.test"]
    assert "login.address_rejected" in actions(user.memberships.get().partner_id)
