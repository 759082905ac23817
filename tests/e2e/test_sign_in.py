"""Signing in and out in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import users
from tests.factories import PartnerFactory

pytestmark = pytest.mark.e2e

PASSWORD = "correct horse battery"


@pytest.fixture
def user(live_db: None) -> User:
    partner = PartnerFactory.create(name="Nova Retail")
    return users.create_user(partner, email="priya@partner.test", password=PASSWORD)


def fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_user_signs_in_and_out(page: Page, user: User) -> None:
    page.goto("/dashboard/")
    fill(page, "Priya@Partner.test", PASSWORD)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("Nova Retail")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/dashboard/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("email", ["priya@partner.test", "nobody@partner.test"])
def test_a_wrong_password_and_an_unknown_email_have_the_same_error(
    page: Page, user: User, email: str
) -> None:
    page.goto("/login/")
    fill(page, email, "wrong")
    expect(page.get_by_role("alert")).to_have_text(
        "Incorrect email or password. Passwords are case-sensitive."
    )
    expect(page.get_by_label("Email")).to_have_value(email)


def test_the_form_is_filled_in_by_keyboard_alone(page: Page, user: User) -> None:
    page.goto("/login/")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
