"""Passwords: the same letters from any keyboard, and links that reset them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

COMPOSED = unicodedata.normalize("NFC", "Grüße aus Köln")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
FULL_WIDTH = "Ｇrüße aus Köln"
SPELLINGS = (COMPOSED, DECOMPOSED, FULL_WIDTH)


def opens(password: str) -> bool:
    form = {"login": "priya@nova.test", "password": password}
    return Client().post("/login/", form).status_code == 302


@pytest.fixture
def priya() -> User:
    return create_user(PartnerFactory.create(), email="priya@nova.test", password=DECOMPOSED)


def test_every_spelling_of_the_same_letters_signs_in_and_reauthenticates(priya: User) -> None:
    assert not opens("Grusse aus Koln")
    for password in SPELLINGS:
        assert opens(password)
        form = {"password": password, "next": "/dashboard/security/"}
        browser = browser_of(priya, fresh=False)
        assert browser.post("/reauthenticate/", form).headers["Location"] == form["next"]


def test_every_way_to_set_a_password_normalizes_it(
    priya: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def change() -> None:
        form = {"oldpassword": COMPOSED, "password1": DECOMPOSED}
        browser_of(priya).post("/password/change/", form)

    def reset() -> None:
        Client().post("/password/reset/", {"email": priya.email})
        visitor = Client()
        form = visitor.get(link_in(mailoutbox[-1], "password/reset/key"), follow=True)
        visitor.post(form.request["PATH_INFO"], {"password1": DECOMPOSED})

    def by_staff() -> None:
        staff = Client()
        staff.force_login(User.objects.create_superuser("root@shopiq.test", None))
        form = {"password1": DECOMPOSED, "password2": DECOMPOSED, "usable_password": "true"}
        staff.post(f"/admin/accounts/user/{priya.pk}/password/", form)

    def by_command() -> None:
        typed = "django.contrib.auth.management.commands.changepassword.getpass.getpass"
        monkeypatch.setattr(typed, lambda prompt: DECOMPOSED)
        call_command("changepassword", priya.email, stdout=StringIO())

    for set_password in (change, reset, by_staff, by_command):
        before = User.objects.get(pk=priya.pk).password
        set_password()
        assert User.objects.get(pk=priya.pk).password != before, set_password
        assert opens(COMPOSED), set_password
        cache.clear()


def test_the_length_is_that_of_the_normalized_password(priya: User) -> None:
    eleven = unicodedata.normalize("NFD", "Grüße Köln!")
    assert len(eleven) > 12
    page = browser_of(priya).post(
        "/password/change/", {"oldpassword": COMPOSED, "password1": eleven}
    )
    assert "Use 12 characters or more." in str(page.context["form"].errors)


def test_a_reset_link_lives_one_hour(
    priya: User, mailoutbox: list[EmailMessage], time_machine: TimeMachineFixture
) -> None:
    Client().post("/password/reset/", {"email": priya.email})
    link = link_in(mailoutbox[0], "password/reset/key")
    assert "expires in one hour" in mailoutbox[0].body
    time_machine.move_to(timezone.now() + timedelta(minutes=59))
    assert "Choose a new password" in page(Client().get(link, follow=True))
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert "This link has expired" in page(Client().get(link, follow=True))


@pytest.mark.parametrize("email", ["priya@nova.test", "who@nova.test"])
def test_an_address_gets_three_reset_mails_an_hour_and_the_page_does_not_reveal_it(
    priya: User, email: str, mailoutbox: list[EmailMessage], time_machine: TimeMachineFixture
) -> None:
    pages = set()
    for spelling in (email, email.upper(), email, email, email):
        response = Client().post("/password/reset/", {"email": spelling}, follow=True)
        pages.add((response.status_code, page(response)))
    assert len(mailoutbox) == 3
    assert len(pages) == 1
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    Client().post("/password/reset/", {"email": email})
    assert len(mailoutbox) == 4


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())
