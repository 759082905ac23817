"""The admin in a browser, under the same strict content security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from playwright.sync_api import Page, expect

from accounts.models import User
from billing.models import PointBucket
from config.admin.pages import registered_pages
from tests.factories import partner_with_keys
from tests.staff import business

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def root(live_db: None, sign_in: Callable[..., Any]) -> User:
    user = User.objects.create_superuser("root@shopiq.test", None)
    sign_in(user)
    return user


def test_no_admin_page_has_browser_errors(page: Page) -> None:
    business()
    page.goto("/admin/")
    for model in admin.site._registry:
        response = page.goto(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")
        assert response
        assert response.ok
        link = page.locator("#result_list tbody th a")
        if link.count():
            response = page.goto(str(link.first.get_attribute("href")))
            assert response
            assert response.ok
            expect(page.locator("#content h1")).to_be_visible()


def test_the_search_box_opens_what_a_term_names(page: Page) -> None:
    partner = business()
    page.goto("/admin/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type(partner.pk)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=partner.name)).to_be_visible()


def test_staff_pages_fit_a_phone(page: Page) -> None:
    partner = business()
    page.set_viewport_size({"width": 390, "height": 844})
    reports = [page.route for page in registered_pages() if page.name.startswith("report-")]
    reports = [route for route in reports if "<" not in route and not route.endswith(".zip")]
    for path in (
        "",
        "search/",
        f"accounts/partner/{partner.pk}/change/",
        "billing/purchase/",
        *reports,
    ):
        page.goto(f"/admin/{path}?partner={partner.pk}")
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        scrolled = "table => table.scrollWidth > table.clientWidth"
        assert not page.locator(".report-scroll").evaluate_all(f"x => x.some({scrolled})"), path
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Invoices")).to_be_visible()


def test_points_are_granted_once_a_second_person_approves(
    page: Page, sign_in: Callable[..., Any]
) -> None:
    partner = business()
    page.goto(f"/admin/billing/pointbucket/grant/?partner={partner.pk}")
    page.get_by_label("Tier").select_option("scale")
    page.get_by_label("Points").fill("12.5")
    page.get_by_label("Reason").fill("Goodwill")
    page.get_by_role("button", name="Request approval").click()
    expect(page.get_by_text("Another person has to approve what you asked for.")).to_be_visible()
    sign_in(User.objects.create_superuser("ravi@shopiq.test", None))
    page.goto(page.url)
    expect(page.get_by_text("New bucket")).to_be_visible()
    page.get_by_role("button", name="Approve and carry out").click()
    expect(page.get_by_text("Approved and carried out.")).to_be_visible()
    assert PointBucket.objects.get(partner=partner, tier="scale").remaining == 1250


def test_a_key_is_revoked_after_confirmation(page: Page) -> None:
    key = partner_with_keys().key("live")
    page.goto("/admin/accounts/apikey/")
    page.get_by_role("row", name=key.last_four).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("revoke")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Revoke keys").click()
    expect(page.get_by_text("Keys revoked. They no longer work.")).to_be_visible()
    key.refresh_from_db()
    assert key.revoked_at is not None
