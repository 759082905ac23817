"""The merchant changes the shop's public contact on the page of the link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AuditEntry, AutoLoginLink
from deployments.models import Deployment, Website
from tests.deployments.deployment_fakes import deploy_for
from tests.merchants import PartnerServer


def contact_form(**changes: str) -> dict[str, str]:
    """The fields as the page shows them at first."""
    shown = {"email": "merchant0@example.com", "phone": "+91 9000000000"}
    return {**shown, "whatsapp": "+91 9000000000", "line_one": "1 Hill Road", **changes}


@pytest.fixture
def shop(server: PartnerServer) -> str:
    """The path and query of the link of an account with a shop."""
    account_id = server.create(address={"addLineOne": "1 Hill Road"})
    deploy_for(server, account_id)
    url: str = server.post("generateAutoLoginUrl", {"accountId": account_id}).json()["redirectUrl"]
    return url.removeprefix(settings.PUBLIC_URL)


def stored() -> Any:
    return Website.objects.get().read_public_contact()


def test_the_merchant_edits_what_the_shop_shows(shop: str) -> None:
    page = Client().get(shop).content.decode()
    assert all(f'value="{shown}"' in page for shown in contact_form().values())

    changes = contact_form(email="orders@example.com", whatsapp="", city="Pune")
    # A browser sends no origin from a page without a referrer.
    browser = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    saved = browser.post(shop, changes)

    assert saved.status_code == 302
    assert stored() == {
        "email": "orders@example.com",
        "whatsapp": None,
        "address": {"addLineOne": "1 Hill Road", "city": "Pune"},
    }
    assert Website.objects.get().update_at is not None
    page = Client().get(saved.headers["Location"].partition("#")[0]).content.decode()
    assert "Contact saved." in page
    assert 'value="orders@example.com"' in page
    entry = AuditEntry.objects.get(action="shop.contact_changed")
    assert entry.actor == f"auto-login link {AutoLoginLink.objects.get().pk}"
    Client().post(shop, contact_form())
    assert stored() is None, "it follows the account again"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"email": "nova"}, "Enter an email address, such as name@example.com."),
        ({"phone": "98765 43210"}, "Start with the country code"),
        ({"email": "", "phone": "", "whatsapp": ""}, "Keep one way for customers to reach you."),
    ],
)
def test_a_contact_that_is_not_valid_is_not_saved(
    shop: str, changes: dict[str, str], error: str
) -> None:
    page = Client().post(shop, contact_form(**changes))
    assert page.status_code == 200
    assert error in page.content.decode()
    assert stored() is None


def test_only_a_valid_link_changes_the_contact(shop: str, server: PartnerServer) -> None:
    for path in ("/chat", "/chat?token=forged"):
        refused = Client().post(path, contact_form(email="x@example.com"))
        assert refused.status_code == 403
    server.post("revokeAutoLoginLinks", {"accountId": Website.objects.get().account_id})
    refused = Client().post(shop, contact_form(email="x@example.com"))
    assert refused.status_code == 403
    assert stored() is None


def test_the_page_lists_the_releases(shop: str) -> None:
    assert "Releases" not in Client().get(shop).content.decode()
    Deployment.objects.update(state="live", ended_at=datetime.now(UTC))
    page = Client().get(shop).content.decode()
    assert "First build" in page
    assert ">Live<" in page
