"""Files that are made at each download are limited for each user."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.pages import partner_pages
from tests.factories import PartnerFactory
from tests.staff import member
from tests.users import browser_of

FILES = (".csv", ".pdf", ".json", ".jsonl")


def test_every_file_is_limited() -> None:
    files = [page for page in partner_pages() if page.route.endswith(FILES)]

    assert len(files) >= 9
    assert [page.route for page in files if not hasattr(page.view, "is_limited_export")] == []


@pytest.fixture
def _usual_rate(settings: Any) -> None:
    limits = {**settings.ACCOUNT_RATE_LIMITS, "export": "10/60s/user"}
    settings.ACCOUNT_RATE_LIMITS = limits


@pytest.mark.usefixtures("_usual_rate")
def test_a_user_downloads_ten_files_a_minute(live_db: None) -> None:
    partner = PartnerFactory.create()
    owner, admin = (browser_of(member(partner, f"{name}@nova.test")) for name in ("priya", "omar"))
    files = ("/dashboard/audit.csv", "/dashboard/points/ledger.csv")

    statuses = [owner.get(path).status_code for path in files * 5]
    refused = owner.get(files[0])

    assert statuses == [200] * 10
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "You can download ten files a minute." in refused.text
    assert admin.get(files[0]).status_code == 200
    assert owner.get("/dashboard/audit/").status_code == 200


#: A file of each list, and what a row of the seeded partner says in it.
LISTS = {
    "requests-csv": "Create an image",
    "ledger-csv": "Storefront",
    "purchases-csv": "Starter",
    "operations-csv": "Image create",
    "webhooks-csv": "website.building",
    "merchants-csv": "shops.meridian.example",
    "deployments-csv": "live",
    "audit-csv": "Connected an integration",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_a_file_with_names_for_spreadsheets(
    dashboard: SeededDashboard, name: str
) -> None:
    page = next(page for page in partner_pages() if page.name == name)

    response = dashboard.read(page)

    text = response.body.decode()
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufefftime_utc,time_local,")
    assert LISTS[name].lower() in text.lower()
    assert len(list(csv.DictReader(text[1:].splitlines()))) >= 3


@pytest.mark.parametrize("name", LISTS)
def test_a_list_links_to_its_file_with_the_filters_it_has(
    dashboard: SeededDashboard, name: str
) -> None:
    pages = {page.name: page for page in partner_pages()}
    page = pages[name.removesuffix("-csv")]

    text = dashboard.owner.get(f"{page.route}?sort=oldest&until=2026-01-02&show={'0' * 24}").text

    assert f'href="{pages[name].route}?until=2026-01-02"' in text
