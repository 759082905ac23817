"""The menu of each role, and that all its links work."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.e2e

EVERYBODY = ["Overview", "API keys", "Points", "Usage", "Team", "Alerts", "Sign-in and security"]
CALLS = ["Request log", "Images", "Accounts", "Deployments", "Webhooks"]
MONEY = ["Audit trail", "Billing"]
MENU = {
    "viewer": EVERYBODY,
    "developer": EVERYBODY + CALLS,
    "admin": EVERYBODY + CALLS + MONEY,
    "owner": EVERYBODY + CALLS + MONEY,
}


@pytest.mark.parametrize("role", MENU)
def test_a_role_sees_only_links_that_it_can_open(page: Page, base_url: str, role: str) -> None:
    user = create_user(PartnerFactory.create(name="Nova Retail"), role)
    value = browser_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": base_url}])
    page.goto("/dashboard/")
    menu = page.get_by_role("navigation", name="Main").get_by_role("link")

    assert sorted(menu.all_inner_texts()) == sorted(MENU[role])
    for address in [link.get_attribute("href") for link in menu.all()]:
        response = page.request.get(str(address), max_redirects=0)
        assert response.status == 200, address
