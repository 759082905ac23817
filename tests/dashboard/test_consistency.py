"""Pages that show the same fact agree."""

from __future__ import annotations

import re
from html import unescape

from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.pages import Page, partner_pages


def page_named(name: str) -> Page:
    return next(page for page in partner_pages() if page.name == name)


def test_the_key_list_and_the_key_form_count_keys_alike(dashboard: SeededDashboard) -> None:
    counts = {
        name: re.search(r"(\d+) of 10\b", dashboard.read(page_named(name)).text)
        for name in ("keys", "key-new")
    }

    assert {found and found[1] for found in counts.values()} == {"6"}


def test_the_overview_and_the_points_page_show_the_same_balance(dashboard: SeededDashboard) -> None:
    balance = {
        re.findall(r'stat-value">\s*([\d,.]+)', dashboard.read(page_named(name)).text)[0]
        for name in ("dashboard", "points")
    }

    assert len(balance) == 1


def test_each_group_of_errors_opens_its_requests(dashboard: SeededDashboard) -> None:
    groups = re.findall(
        r'href="(/dashboard/logs/\?[^"]*message=[^"]*)"',
        dashboard.read(page_named("request-errors")).text,
    )

    assert groups
    for group in groups:
        page = dashboard.owner.get(unescape(group)).text
        assert "is not applied" not in page
        assert 'class="row-link"' in page
