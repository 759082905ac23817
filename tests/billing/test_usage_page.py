"""The usage page: which days and keys it shows, what it says of them, what it costs to read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, DailyCalls, Partner
from accounts.services.keys import revoke_key
from billing.models import DailyUsage
from tests.factories import PartnerFactory
from tests.usage_data import ODD_QUERIES, called, fill_usage, generate_key, used
from tests.users import ROLES, browser_of, create_user

PAGE = "/dashboard/usage/"

pytestmark = pytest.mark.usefixtures("november")


def read(client: Any, query: str = "") -> str:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_calls_are_counted_by_outcome_over_thirty_days_against_the_thirty_before(
    owner: Client, key: ApiKey
) -> None:
    called(key, 0, succeeded=90, refused=8, failed=2)
    called(key, 29, succeeded=12)
    called(key, 30, succeeded=50)
    called(key, 60, succeeded=1_000)
    page = read(owner)
    assert "25 Oct – 23 Nov 2026" in page
    assert '<dd class="stat-value">112</dd>' in page
    assert "8 rejected (4xx), 2 failed (5xx)." in page
    assert '<span class="unit">8.9%</span>' in page
    assert "2.2 times the previous 30 days." in page
    assert "Requests by day, 25 Oct – 23 Nov 2026: 112 requests, peak on 23 Nov (100)." in page


def test_points_are_net_and_per_image(owner: Client, key: ApiKey) -> None:
    used(key, 1, 1450, succeeded=2, failed=1)
    page = read(owner)
    assert '<dd class="stat-value">14.5</dd>' in page
    assert "7.25 per image." in page


def test_active_keys_are_offered_before_those_that_ended(owner: Client, partner: Partner) -> None:
    active = generate_key(partner, name="Active")
    ended = generate_key(partner, name="Ended")
    revoke_key(key=ended, actor="test")
    form = owner.get(PAGE).context["form"]
    assert [key for key, _ in form.fields["key"].choices] == ["", active.pk, ended.pk]


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", "25 Oct – 23 Nov 2026"),
        ("range=7", "17–23 Nov 2026"),
        ("range=90", "26 Aug – 23 Nov 2026"),
        ("month=2026-10", "1–31 Oct 2026"),
        ("month=2026-11", "1–23 Nov 2026"),
        ("month=2026-10&range=7", "1–31 Oct 2026"),
    ],
)
def test_range_and_month_choose_the_days(owner: Client, query: str, days: str) -> None:
    assert f"<strong>{days}</strong>" in read(owner, query)


def test_a_month_under_way_is_compared_with_the_same_days_of_the_one_before(
    owner: Client, key: ApiKey
) -> None:
    called(key, 0, succeeded=10)
    called(key, 31, succeeded=10)
    called(key, 25, succeeded=500)
    assert "No change from the same days of October 2026." in read(owner, "month=2026-11")


def test_live_test_and_management_calls_are_distinguished(
    owner: Client, partner: Partner, key: ApiKey
) -> None:
    called(key, 0, succeeded=11)
    called(generate_key(partner, "test", "Trial"), 0, succeeded=22)
    called(generate_key(partner, "management", "Server"), 0, succeeded=33)
    for query, number in (("", 11), ("mode=test", 22), ("mode=live&environment=management", 33)):
        assert f'<dd class="stat-value">{number}</dd>' in read(owner, query)


def test_test_mode_says_that_its_images_cost_nothing(owner: Client, partner: Partner) -> None:
    used(generate_key(partner, "test", "Trial"), 0, 0)
    page = read(owner, "mode=test")
    assert "Test images are free." in page
    assert "Points by day" not in page


def test_one_key_is_shown_alone(owner: Client, partner: Partner, key: ApiKey) -> None:
    other = generate_key(partner, name="Mobile app")
    called(key, 0, succeeded=11)
    called(other, 0, succeeded=22)
    used(other, 0, 725)
    page = read(owner, f"key={key.id}")
    assert '<dd class="stat-value">11</dd>' in page
    assert "7.25" not in page


def test_keys_beyond_three_become_one_and_the_table_has_them_all(
    owner: Client, partner: Partner
) -> None:
    for number in range(8):
        called(generate_key(partner, name=f"Key {number}"), 0, succeeded=100 - number)
    page = read(owner)
    chart = page[page.index('id="keys"') : page.index('id="kinds"')]
    assert "Key 2 (" in chart
    assert "Key 3 (" not in chart
    assert "Other keys <strong>475</strong>" in chart
    assert all(f">Key {number}</a>" in page for number in range(8))


def test_a_revoked_key_keeps_its_history(owner: Client, key: ApiKey) -> None:
    called(key, 3, succeeded=5)
    revoke_key(key=key, actor="test")
    assert '<span class="badge">Revoked</span>' in read(owner)


def test_operations_and_modes_are_listed_also_those_without_calls(
    owner: Client, key: ApiKey
) -> None:
    used(key, 0, 2900, mode="thinking", succeeded=2)
    page = read(owner)
    kinds = page[page.index('id="by-kind-title"') :]
    assert 'Create <span class="muted">thinking</span></th> <td class="to-value number">2' in kinds
    assert kinds.count("<tr>") == 5


def test_without_a_call_in_either_period_the_page_says_what_to_do(owner: Client) -> None:
    page = read(owner)
    assert "No requests in this period" in page
    assert '<a href="/dashboard/keys/">your keys</a>' in page
    assert 'class="charts"' not in page
    assert "By operation and mode" not in page


@pytest.mark.parametrize(
    ("environment", "files"),
    [("live", ["usage", "usage-calls"]), ("management", ["usage-calls"])],
)
def test_the_page_offers_the_files_of_what_it_shows(
    owner: Client, environment: str, files: list[str]
) -> None:
    query = f"range=7&environment={environment}"
    links = re.findall(r'href="/dashboard/([a-z-]+)\.csv\?([^"]+)"', read(owner, query))
    assert links == [(file, query.replace("&", "&amp;")) for file in files]


def test_a_period_without_calls_still_shows_the_one_before(owner: Client, key: ApiKey) -> None:
    called(key, 40, succeeded=5)
    page = read(owner)
    assert "100% less than the previous 30 days." in page
    assert "Requests by day, 25 Oct – 23 Nov 2026: none." in page


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_odd_parameters_show_the_usual_days(owner: Client, key: ApiKey, query: str) -> None:
    called(key, 0, succeeded=11)
    assert "<strong>25 Oct – 23 Nov 2026</strong>" in read(owner, query)


def test_what_cannot_be_shown_is_named(owner: Client) -> None:
    page = read(owner, "key=ffffffffffffffffffffffff&month=2026-13")
    assert "That key is not in the list. Showing all keys." in page
    assert "Choose a month from the list." in page


def test_nothing_of_another_partner_is_counted_or_offered(owner: Client) -> None:
    stranger = generate_key(PartnerFactory.create(), name="Stranger")
    called(stranger, 0, succeeded=77)
    used(stranger, 0, 725)
    for query in ("", f"key={stranger.id}"):
        page = read(owner, query)
        assert "Stranger" not in page
        assert "No requests in this period" in page


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_see_usage(partner: Partner, role: str) -> None:
    client = browser_of(create_user(partner, role))
    assert client.get(PAGE).status_code == 200


def test_the_page_takes_the_same_few_queries_for_a_day_and_for_ninety_days_of_ten_keys(
    owner: Client, partner: Partner, key: ApiKey
) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(owner, query)
        return len(captured)

    called(key, 0, succeeded=1)
    used(key, 0, 725)
    one = queries("range=90")
    DailyCalls.objects.all().delete()
    DailyUsage.objects.all().delete()
    for number in range(9):
        generate_key(partner, name=f"Key {number}")
    fill_usage(partner, days=90)
    assert queries("range=90") == one <= 12
