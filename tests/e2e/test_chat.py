"""The account holder's page in a browser: narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Account
from deployments.models import Deployment, Website
from integrations.services.endpoints import add_endpoint
from tests.e2e.test_accessibility import faults
from tests.merchants import PartnerServer

pytestmark = pytest.mark.e2e

LONG = "Padmanabhaswamy-Venkataraghavan-Subramanian " * 2


@pytest.fixture
def chat(server: PartnerServer) -> str:
    """Path and query of a link, for an account with a long name and no shop yet."""
    account_id = server.create(firstName=LONG, businessName=LONG * 2)
    url = server.post("generateAutoLoginUrl", {"accountId": account_id}).json()["redirectUrl"]
    return str(url[url.index("/chat") :])


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_and_can_be_read(page: Page, chat: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for address in (chat, "/chat?token=nonsense"):
        assert faults(page, address) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_state_of_the_shop_is_read_from_the_page(page: Page, chat: str) -> None:
    page.goto(chat)
    assert page.get_by_text("Preparing", exact=True).is_visible()

    account = Account.objects.get()
    website = Website.objects.create(
        partner=account.partner, account=account, identifier="nova-retail-abc123"
    )
    Deployment.objects.create(
        partner=account.partner,
        website=website,
        endpoint=add_endpoint(partner_id=account.partner_id, url="https://x.example", secret=""),
        state="live",
        due_at=timezone.now(),
        created_at=timezone.now(),
        categories=["Footwear"],
    )
    page.reload()
    assert page.get_by_text("nova-retail-abc123").is_visible()
    assert page.get_by_role("link", name="Open your shop").is_visible()
