"""A user with several partners."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member, Partner, User
from tests.accounts.sign_ins import text
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

CHOOSE = "/dashboard/company/choose/"
RENAME = "/dashboard/team/name/"


@pytest.fixture
def nova() -> Partner:
    return PartnerFactory.create(name="Nova Retail")


@pytest.fixture
def zenith() -> Partner:
    return PartnerFactory.create(name="Zenith")


@pytest.fixture
def priya(nova: Partner, zenith: Partner) -> User:
    user = create_user(nova, email="priya@nova.test")
    Member.objects.create(partner=zenith, user=user, role=Member.Role.OWNER)
    return user


def names() -> Any:
    return set(Partner.objects.values_list("name", flat=True))


def shown(browser: Any) -> Any:
    return browser.get("/dashboard/team/").context["partner"]


def test_the_newest_partner_is_current_until_another_is_chosen(
    priya: User, nova: Partner, zenith: Partner
) -> None:
    browser = browser_of(priya)
    assert shown(browser) == zenith
    browser.post(CHOOSE, {"partner": nova.pk})
    assert shown(browser) == nova


@pytest.mark.parametrize("chosen", ["", "\x00", "f" * 24])
def test_another_users_partner_cannot_be_chosen(priya: User, zenith: Partner, chosen: str) -> None:
    browser = browser_of(priya)
    assert browser.post(CHOOSE, {"partner": chosen}).status_code == 404
    assert shown(browser) == zenith


def test_of_many_the_oldest_can_be_chosen_too(priya: User, nova: Partner) -> None:
    for partner in PartnerFactory.create_batch(25):
        Member.objects.create(partner=partner, user=priya)
    browser = browser_of(priya)
    browser.post(CHOOSE, {"partner": nova.pk})
    assert shown(browser) == nova


def test_a_form_of_the_previous_partner_is_rejected_with_an_explanation(
    priya: User, nova: Partner, zenith: Partner
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of(priya).cookies
    token = str(browser.get(RENAME).context["csrf_token"])
    browser.post(CHOOSE, {"partner": nova.pk, "csrfmiddlewaretoken": token})
    response = browser.post(RENAME, {"company": "Zenith Stores", "csrfmiddlewaretoken": token})
    assert response.status_code == 403
    assert "This form has expired" in text(response)
    assert names() == {"Nova Retail", "Zenith"}


def test_a_form_submitted_after_removal_does_not_change_another_partner(
    priya: User, nova: Partner, zenith: Partner
) -> None:
    browser = browser_of(priya)
    browser.post(CHOOSE, {"partner": nova.pk})
    nova.members.all().delete()
    response = browser.post(RENAME, {"company": "Nova Stores"}, follow=True)
    assert "Nothing was changed. You are now viewing Zenith." in text(response)
    assert shown(browser) == zenith
    browser.post(RENAME, {"company": "Zenith Stores"})
    assert names() == {"Nova Retail", "Zenith Stores"}


def test_a_form_submitted_after_joining_does_not_change_another_partner(
    nova: Partner, zenith: Partner
) -> None:
    user = create_user(nova, email="priya@nova.test")
    browser = browser_of(user)
    assert shown(browser) == nova
    Member.objects.create(partner=zenith, user=user, role=Member.Role.OWNER)
    browser.post(RENAME, {"company": "Nova Stores"})
    assert names() == {"Nova Retail", "Zenith"}
