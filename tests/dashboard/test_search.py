"""The search in the header: what finds what, for whom, and by an index."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, ApiKey, RequestLog
from billing.models import Invoice, Purchase
from deployments.models import Deployment
from imaging.models import ImageOperation
from integrations.models import WebhookDelivery
from tests.dashboard.conftest import SeededDashboard
from tests.plans import scans_without_index

SEARCH = "/dashboard/search/"
PAGES: dict[Any, str] = {
    ApiKey: "keys",
    RequestLog: "logs",
    Account: "accounts",
    Deployment: "deployments",
    ImageOperation: "images",
    WebhookDelivery: "webhooks",
    Purchase: "points/purchases",
}


def found(browser: Client, term: str, *, mode: str = "live") -> list[str]:
    """Return the addresses of the hits."""
    text = browser.get(SEARCH, {"q": term, "mode": mode}).content.decode()
    results = text.partition('<div class="found">')[2].partition("</main>")[0]
    return re.findall(r'href="(/dashboard/[^"]+)"', results)


def test_every_row_is_found_by_its_id_and_by_no_stranger(dashboard: SeededDashboard) -> None:
    own = {"partner": dashboard.own.partner}
    for model, folder in PAGES.items():
        row = model.objects.filter(**own).latest("pk")
        assert f"/dashboard/{folder}/{row.pk}/" in found(dashboard.owner, row.pk), model
        assert found(dashboard.stranger, row.pk) == [], model
    for term in other_terms(dashboard):
        assert len(found(dashboard.owner, term)) == 1, term
        assert found(dashboard.stranger, term) == [], term


def other_terms(dashboard: SeededDashboard) -> list[str]:
    own = {"partner": dashboard.own.partner}
    call = RequestLog.objects.filter(**own).latest("pk")
    account = Account.objects.filter(**own)[0]
    return [
        call.request_id,
        account.get_decrypted("email"),
        account.dialable_phone,
        Deployment.objects.filter(**own)[0].website.identifier,
        Purchase.objects.filter(**own)[0].reference.lower(),
        Invoice.objects.filter(**own)[0].full_number,
        dashboard.own.owner.email,
    ]


def test_roles_find_what_their_pages_show(dashboard: SeededDashboard) -> None:
    own = {"partner": dashboard.own.partner}
    viewer, developer = dashboard.browsers["viewer"], dashboard.browsers["developer"]
    account, purchase = Account.objects.filter(**own)[0], Purchase.objects.filter(**own)[0]

    assert found(viewer, account.pk) == []
    assert found(developer, account.pk) != []
    assert found(developer, purchase.reference) == []
    assert "/dashboard/audit/" in found(dashboard.owner, "audit")
    assert found(viewer, "audit") == []


def test_no_search_reads_a_whole_table(dashboard: SeededDashboard) -> None:
    for term in ("a" * 24, "nova retail", "sarahh@x.test", "+91 98765 43210", "TI/26-27/12", "77"):
        with CaptureQueriesContext(connection) as captured:
            dashboard.owner.get(SEARCH, {"q": term})
        statements = [each["sql"] for each in captured if each["sql"].startswith("SELECT")]
        assert scans_without_index(statements) == [], term


@pytest.mark.parametrize("term", ["", "  ", "\0", "%", "a" * 5000, "'\"<b>", "ह", "-"])
def test_strange_terms_are_answered(dashboard: SeededDashboard, term: str) -> None:
    response = dashboard.owner.get(SEARCH, {"q": term})
    assert response.status_code == 200
    assert b"<b>" not in response.content
