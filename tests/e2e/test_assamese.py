"""A member changes to Assamese in the dashboard, and creates a key there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.staff import business, member

pytestmark = pytest.mark.e2e


def test_a_member_works_in_assamese(page: Page, sign_in: Callable[[User], None]) -> None:
    user = member(business())
    sign_in(user)
    page.goto("/dashboard/keys/")
    page.get_by_role("group", name="Language").get_by_role("link", name="অসমীয়া").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API চাবি")
    expect(page).to_have_url("/dashboard/keys/")
    user.refresh_from_db()
    assert user.language == "as"

    page.get_by_role("link", name="চাবি সৃষ্টি কৰক", exact=True).click()
    page.get_by_label("নাম", exact=True).fill("Lookbook")
    page.get_by_role("button", name="চাবি সৃষ্টি কৰক").click()
    expect(page.get_by_role("heading", name="আপোনাৰ নতুন চাবি")).to_be_visible()
    key = page.get_by_role("group", name="API চাবি").inner_text()

    # The page shows the key once, so that another language opens in a tab of its own.
    with page.expect_popup() as opening:
        page.get_by_role("group", name="ভাষা").get_by_role("link", name="हिन्दी").click()
    beside = opening.value
    expect(beside.locator("html")).to_have_attribute("lang", "hi")
    expect(beside.get_by_role("heading", level=1)).to_contain_text("Lookbook")
    expect(page.get_by_role("group", name="API চাবি")).to_have_text(key)
    assert key.startswith("sq_test_")
