"""Pages that show the same fact agree."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import StringIO

from billing.services import check_ledger
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import body_of
from tests.dashboard.pages import Page, partner_pages
from tests.seed.reconciled import (
    booked,
    calls_fewer_than_images,
    counted,
    used_of_buckets,
)


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


def test_the_counts_of_the_seed_data_say_what_its_ledger_says(dashboard: SeededDashboard) -> None:
    for side in (dashboard.own, dashboard.seed_data.stranger):
        days = counted(side.partner)

        assert len(days) > 100
        assert days == booked(side.partner)
        assert sum(spent for _, _, spent in days.values()) == used_of_buckets(side.partner)
        assert calls_fewer_than_images(side.partner) == []
    assert check_ledger().ok


def test_the_usage_page_shows_the_points_that_left_the_ledger(dashboard: SeededDashboard) -> None:
    page = dashboard.read(page_named("usage")).text
    shown = re.search(r"Points used</dt>\s*<dd[^>]*>([\d,.]+)", page)
    answer = dashboard.owner.get("/dashboard/points/ledger.csv")
    first = dashboard.own.partner.today - timedelta(days=29)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    started: dict[str, str] = {}
    for row in csv.DictReader(StringIO(body_of(answer).decode("utf-8-sig"))):
        if row["operation"]:
            spent[row["operation"]] -= Decimal(row["points"])
            started[row["operation"]] = min(row["time_utc"], started.get(row["operation"], "9"))

    assert shown
    assert Decimal(shown[1].replace(",", "")) == sum(
        points for operation, points in spent.items() if started[operation] >= f"{first}"
    )


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
