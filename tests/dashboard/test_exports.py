"""Files that are made at each download are limited for each user."""

from __future__ import annotations

from typing import Any

import pytest

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
