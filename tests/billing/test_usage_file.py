"""The rows behind the usage page as a file."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine

from tests.factories import PartnerFactory
from tests.people import ROLES, browser_of, person
from tests.usage_data import ODD_QUERIES, make_key, used

FILE = "/dashboard/usage.csv"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2026, 11, 23, 16, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def partner(db):
    return PartnerFactory()


@pytest.fixture
def client(partner):
    return browser_of(person(partner))


@pytest.fixture
def key(partner):
    return make_key(partner, name="Storefront")


def rows_of(client, query: str = "") -> list[list[str]]:
    text = b"".join(client.get(f"{FILE}?{query}")).decode()
    return list(csv.reader(StringIO(text)))


def test_the_file_has_a_line_for_each_day_key_operation_and_mode(client, key):
    used(key, 1, 725, succeeded=1, failed=2)
    used(key, 0, 1450, action="enhance", mode="thinking")
    used(key, 40, 9900)
    name = f"Storefront (…{key.last_four})"
    assert rows_of(client) == [
        ["day", "key", "action", "mode", "environment", "succeeded", "failed", "points"],
        ["2026-11-22", name, "create", "fast", "live", "1", "2", "7.25"],
        ["2026-11-23", name, "enhance", "thinking", "live", "1", "0", "14.5"],
    ]


def test_a_key_named_like_a_formula_does_not_become_one_in_a_spreadsheet(client, partner):
    used(make_key(partner, name="=1+1"), 0, 725)
    assert rows_of(client)[1][1].startswith("'=1+1")


def test_the_file_is_named_after_its_days(client):
    answer = client.get(f"{FILE}?month=2026-10")
    assert answer["Content-Disposition"] == (
        'attachment; filename="usage-2026-10-01-2026-10-31.csv"'
    )
    assert answer["Content-Type"] == "text/csv"


def test_the_file_holds_what_the_page_shows_of_one_key(client, partner, key):
    used(make_key(partner, name="Mobile app"), 0, 725)
    used(key, 0, 1450)
    assert [row[1] for row in rows_of(client, f"key={key.id}")[1:]] == [
        f"Storefront (…{key.last_four})"
    ]


def test_test_images_are_in_a_file_of_their_own(client, partner, key):
    used(key, 0, 725)
    used(make_key(partner, "test", "Trial"))
    assert [row[4] for row in rows_of(client)[1:]] == ["live"]
    assert [row[4] for row in rows_of(client, "environment=test")[1:]] == ["test"]


def test_nothing_of_another_partner_is_in_it(client):
    stranger = make_key(PartnerFactory())
    used(stranger, 0, 725)
    assert len(rows_of(client)) == len(rows_of(client, f"key={stranger.id}")) == 1


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_odd_parameters_give_the_usual_days(client, key, query):
    used(key, 29, 725)
    assert [row[0] for row in rows_of(client, query)] == ["day", "2026-10-25"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_have_it(partner, role):
    assert browser_of(person(partner, role)).get(FILE).status_code == 200
