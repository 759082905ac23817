"""The rows behind the usage page as files."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, Partner
from tests.factories import PartnerFactory
from tests.usage_data import called, generate_key, used
from tests.users import ROLES, browser_of, create_user

FILE, CALLS = "/dashboard/usage.csv", "/dashboard/usage-calls.csv"

pytestmark = pytest.mark.usefixtures("november")


def rows_of(client: Any, query: str = "", file: str = FILE) -> list[list[str]]:
    text = b"".join(client.get(f"{file}?{query}")).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_the_file_has_a_line_for_each_day_key_operation_and_mode(
    owner: Client, key: ApiKey
) -> None:
    used(key, 1, 725, succeeded=1, failed=2)
    used(key, 0, 1450, action="enhance", mode="thinking")
    used(key, 40, 9900)
    name = f"Storefront (…{key.last_four})"
    assert rows_of(owner) == [
        ["day", "key", "action", "mode", "environment", "succeeded", "failed", "points"],
        ["2026-11-22", name, "create", "fast", "live", "1", "2", "7.25"],
        ["2026-11-23", name, "enhance", "thinking", "live", "1", "0", "14.5"],
    ]


def test_the_file_of_calls_has_a_line_for_each_day_and_key(owner: Client, key: ApiKey) -> None:
    called(key, 1, succeeded=7, refused=2, failed=1)
    called(key, 0, succeeded=3)
    called(key, 40, succeeded=99)
    name = f"Storefront (…{key.last_four})"
    assert rows_of(owner, file=CALLS) == [
        ["day", "key", "environment", "succeeded", "refused", "failed"],
        ["2026-11-22", name, "live", "7", "2", "1"],
        ["2026-11-23", name, "live", "3", "0", "0"],
    ]


@pytest.mark.parametrize("environment", ["live", "test", "management"])
def test_calls_of_each_kind_of_key_are_in_a_file_of_their_own(
    owner: Client, partner: Partner, environment: str
) -> None:
    for kind in ("live", "test", "management"):
        called(generate_key(partner, kind, kind), 0, succeeded=1)
    mode = "test" if environment == "test" else "live"
    rows = rows_of(owner, f"mode={mode}&environment={environment}", CALLS)
    assert [row[2] for row in rows[1:]] == [environment]


def test_a_key_named_like_a_formula_does_not_become_one_in_a_spreadsheet(
    owner: Client, partner: Partner
) -> None:
    key = generate_key(partner, name="=1+1")
    used(key, 0, 725)
    called(key, 0, succeeded=1)
    for file in (FILE, CALLS):
        assert rows_of(owner, file=file)[1][1].startswith("'=1+1")


@pytest.mark.parametrize(("file", "name"), [(FILE, "usage"), (CALLS, "usage-calls")])
def test_a_file_is_named_after_its_days(owner: Client, file: str, name: str) -> None:
    response = owner.get(f"{file}?month=2026-10")
    assert response["Content-Disposition"] == (
        f'attachment; filename="{name}-2026-10-01-2026-10-31.csv"'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("file", [FILE, CALLS])
def test_a_file_holds_what_the_page_shows_of_one_key(
    owner: Client, partner: Partner, key: ApiKey, file: str
) -> None:
    for each in (generate_key(partner, name="Mobile app"), key):
        used(each, 0, 725)
        called(each, 0, succeeded=1)
    assert [row[1] for row in rows_of(owner, f"key={key.id}", file)[1:]] == [
        f"Storefront (…{key.last_four})"
    ]


def test_test_images_are_in_a_file_of_their_own(
    owner: Client, partner: Partner, key: ApiKey
) -> None:
    used(key, 0, 725)
    used(generate_key(partner, "test", "Trial"))
    assert [row[4] for row in rows_of(owner)[1:]] == ["live"]
    assert [row[4] for row in rows_of(owner, "mode=test")[1:]] == ["test"]


@pytest.mark.parametrize("file", [FILE, CALLS])
def test_nothing_of_another_partner_is_in_it(owner: Client, file: str) -> None:
    stranger = generate_key(PartnerFactory.create())
    used(stranger, 0, 725)
    called(stranger, 0, succeeded=1)
    assert len(rows_of(owner, file=file)) == 1
    assert owner.get(f"{file}?key={stranger.id}").status_code == 302


@pytest.mark.parametrize("file", [FILE, CALLS])
def test_odd_links_give_the_usual_days(owner: Client, key: ApiKey, file: str) -> None:
    used(key, 29, 725)
    called(key, 29, succeeded=1)
    rows = rows_of(owner, "range=banana&environment=banana", file)
    assert [row[0] for row in rows] == ["day", "2026-10-25"]


@pytest.mark.parametrize("file", [FILE, CALLS])
@pytest.mark.parametrize("query", ["month=2026-13", "month=%00", "key=" + "f" * 24, "range=%00"])
def test_filters_that_cannot_be_read_lead_back_to_the_page(
    owner: Client, key: ApiKey, query: str, file: str
) -> None:
    assert owner.get(f"{file}?{query}").headers["Location"] == f"/dashboard/usage/?{query}"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_have_them(partner: Partner, role: str) -> None:
    browser = browser_of(create_user(partner, role))
    assert [browser.get(file).status_code for file in (FILE, CALLS)] == [200, 200]
