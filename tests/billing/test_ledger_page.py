"""The ledger on pages and as a file."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member, Partner
from billing.models import LedgerEntry
from tests.billing.operations import refund, start, succeed
from tests.billing.pages import charge
from tests.factories import Keys, PartnerFactory, bucket, partner_with_keys
from tests.users import browser_of, create_user

LEDGER = "/dashboard/points/ledger/"
FILE = "/dashboard/points/ledger.csv"


@pytest.fixture
def keys(db: None) -> Keys:
    return partner_with_keys()


@pytest.fixture
def partner(keys: Keys) -> Partner:
    return keys.partner


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner))


def shown(page: Any) -> list[str]:
    """The ids of the entries on a page."""
    return [entry.pk for entry, *_ in page.context["rows"]]


def table(response: Any) -> list[dict[str, str]]:
    return list(
        csv.DictReader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines())
    )


def test_each_movement_is_there_with_the_balance_after_it(
    owner: Client, keys: Keys, partner: Partner
) -> None:
    bucket(partner, 100_000, "growth")
    kept, failed = start(keys), start(keys)
    succeed(kept)
    refund(failed)

    page = owner.get(LEDGER)

    balances = [(entry.kind, balance) for entry, balance, _ in page.context["rows"]]
    assert balances == [
        ("reversal", 99_275),
        ("charge", 98_550),
        ("charge", 99_275),
        ("credit", 100_000),
    ]
    assert "−7.25" in page.text
    assert "+1,000.00" in page.text
    assert kept.id in page.text


def test_filters_leave_what_fits_and_no_balance(
    owner: Client, keys: Keys, partner: Partner
) -> None:
    first, second = bucket(partner, 800), bucket(partner, 100_000)
    operation = start(keys)
    start(keys)

    def kinds(query: str) -> list[str]:
        page = owner.get(f"{LEDGER}?{query}")
        assert not page.context["has_balances"]
        return [entry.kind for entry, *_ in page.context["rows"]]

    assert kinds("kind=credit") == ["credit", "credit"]
    assert kinds(f"bucket={first.pk}") == ["charge", "credit"]
    assert kinds(f"bucket={second.pk}&kind=charge") == ["charge"]
    assert kinds(f"operation={operation.id.upper()}") == ["charge"]
    assert kinds("kind=reversal") == []


def test_days_are_those_of_the_companys_zone(owner: Client, partner: Partner) -> None:
    one = bucket(partner, 100)
    # Half past midnight on the 2nd in Kolkata, still the 1st in UTC.
    charge(one, 1, datetime(2026, 3, 1, 19, 0, tzinfo=UTC))
    on_the_second = f"{LEDGER}?since=2026-03-02&until=2026-03-02"

    assert shown(owner.get(on_the_second)) == []
    partner.time_zone = "Asia/Kolkata"
    partner.save()
    assert len(shown(owner.get(on_the_second))) == 1


@pytest.mark.parametrize(
    "query",
    [
        "kind=theft",
        "bucket=" + "f" * 24,
        "bucket=%00",
        "since=2026-02-30",
        "since=0001-01-01",
        "until=9999-12-31",
        "since=2026-03-02&until=2026-03-01",
        "operation=%00",
        "operation=" + "9" * 400,
        "operation=not-an-id",
    ],
)
def test_an_invalid_filter_is_named_and_not_applied(
    owner: Client, partner: Partner, query: str
) -> None:
    bucket(partner, 100)

    page = owner.get(f"{LEDGER}?{query}")

    assert page.status_code == 200
    assert len(shown(page)) == 1
    assert page.text.count("is not applied.") == 1
    assert owner.get(f"{FILE}?{query}").headers["Location"] == f"{LEDGER}?{query}"


@pytest.mark.parametrize("query", ["after=%00", "before=x", "after=W10", "sort=%00", "sort=size"])
def test_an_invalid_cursor_or_sort_shows_the_first_page(
    owner: Client, partner: Partner, query: str
) -> None:
    bucket(partner, 100)

    assert len(shown(owner.get(f"{LEDGER}?{query}"))) == 1


def test_pages_go_through_all_entries_in_both_orders(owner: Client, partner: Partner) -> None:
    charge(bucket(partner, 100), 119)
    numbers = list(LedgerEntry.objects.in_order().values_list("id", flat=True))

    def walk(sort: str) -> list[str]:
        found: list[str] = []
        address = f"{LEDGER}?sort={sort}"
        while address:
            page = owner.get(address)
            found += shown(page)
            following = re.search(r'rel="next" href="([^"]+)"', page.text)
            address = f"{LEDGER}{following[1]}".replace("&amp;", "&") if following else ""
        return found

    assert walk("oldest") == numbers
    assert walk("newest") == numbers[::-1]


def test_a_full_page_takes_no_more_queries_than_one_entry(owner: Client, partner: Partner) -> None:
    one = bucket(partner, 100)
    with CaptureQueriesContext(connection) as of_one:
        owner.get(LEDGER)
    charge(one, 60)

    with CaptureQueriesContext(connection) as of_many:
        assert len(shown(owner.get(LEDGER))) == 25

    assert len(of_many) == len(of_one)


def test_another_partners_movements_are_in_no_list_and_no_file(owner: Client) -> None:
    theirs = bucket(PartnerFactory.create(), 100)

    assert shown(owner.get(LEDGER)) == []
    assert table(owner.get(FILE)) == []
    assert shown(owner.get(f"{LEDGER}?bucket={theirs.pk}")) == []


@pytest.mark.parametrize("role", Member.Role.values)
def test_every_role_reads_the_ledger(partner: Partner, role: str) -> None:
    browser = browser_of(create_user(partner, role))

    assert browser.get(LEDGER).status_code == 200
    assert browser.get(FILE).status_code == 200
    assert ("Purchases" in browser.get(LEDGER).text) is (role in ("owner", "admin"))


def test_entries_of_the_last_day_are_all_shown(owner: Client, partner: Partner) -> None:
    bucket(partner, 100)
    today = timezone.now().date()

    assert len(shown(owner.get(f"{LEDGER}?since={today}&until={today}"))) == 1
    yesterday = today - timedelta(days=1)
    assert shown(owner.get(f"{LEDGER}?until={yesterday}")) == []
