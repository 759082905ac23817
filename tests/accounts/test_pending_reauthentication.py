"""A form that waits for reauthentication is processed once, for its user and page only."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member, Partner, User
from tests.accounts.sign_ins import PASSWORD
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

RENAME = "/dashboard/team/name/"
REAUTHENTICATE = "/reauthenticate/"


@pytest.fixture
def waiting(priya: User) -> Client:
    """Signed in an hour ago, with a form that waits."""
    browser = browser_of(priya, fresh=False)
    response = browser.post(RENAME, {"company": "Nova Stores"})
    assert response.headers["Location"].startswith(REAUTHENTICATE)
    return browser


def give_password(browser: Any, to: Any = RENAME) -> Any:
    return browser.post(REAUTHENTICATE, {"password": PASSWORD, "next": to}, follow=True)


def names() -> Any:
    return set(Partner.objects.values_list("name", flat=True))


def test_opening_the_page_afterwards_does_not_submit_the_form(waiting: Client) -> None:
    assert waiting.get(RENAME).headers["Location"].startswith(REAUTHENTICATE)
    assert give_password(waiting).status_code == 200
    assert names() == {"Nova Retail"}


def test_it_is_not_submitted_to_another_page(waiting: Client) -> None:
    give_password(waiting, "/dashboard/team/")
    give_password(waiting)
    assert names() == {"Nova Retail"}


def test_it_is_not_submitted_for_another_current_partner(priya: User, waiting: Client) -> None:
    other = PartnerFactory.create(name="Zenith")
    Member.objects.create(partner=other, user=priya, role=Member.Role.OWNER)
    waiting.post("/dashboard/company/choose/", {"partner": other.pk})
    give_password(waiting)
    assert names() == {"Nova Retail", "Zenith"}


def test_it_ends_with_the_session(priya: User, waiting: Client) -> None:
    waiting.post("/logout/")
    asha = create_user(
        PartnerFactory.create(name="Zenith"), email="asha@zenith.test", password=PASSWORD
    )
    waiting.post("/login/", {"login": asha.email, "password": PASSWORD})
    give_password(waiting)
    assert names() == {"Nova Retail", "Zenith"}


def test_it_is_rejected_for_a_member_who_lost_the_permission(waiting: Client) -> None:
    Member.objects.update(role=Member.Role.VIEWER)
    assert give_password(waiting).status_code == 403
    assert names() == {"Nova Retail"}


@pytest.mark.parametrize("foreign", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
def test_reauthentication_does_not_redirect_to_a_foreign_site(
    waiting: Client, foreign: str
) -> None:
    response = waiting.post(REAUTHENTICATE, {"password": PASSWORD, "next": foreign})
    assert "evil" not in response.headers["Location"]
