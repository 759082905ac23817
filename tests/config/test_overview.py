"""The home page of the dashboard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, DailyCalls, Environment, Partner
from accounts.services.keys import revoke_key
from billing.models import DailyUsage
from config.pages.charts import describe_day
from tests.deliveries import sent
from tests.factories import PartnerFactory, bucket
from tests.usage_data import called, fill_usage, generate_key, today, used
from tests.users import ROLES, browser_of, create_user

USAGE = "/dashboard/usage/"


def read(client: Any, address: str = "/dashboard/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def as_role(partner: Partner, role: str) -> str:
    return read(browser_of(create_user(partner, role)))


def test_the_balance_is_split_into_buckets_in_order_of_use(owner: Client, partner: Partner) -> None:
    bucket(partner, 725, tier="growth")
    bucket(partner, 1_000_000, tier="starter")
    page = read(owner)
    assert '<dd class="stat-value">10,007.25</dd>' in page
    assert page.index("Growth</span>") < page.index("Starter</span>")


def test_without_points_the_page_shows_the_error_of_live_calls(owner: Client) -> None:
    page = read(owner)
    assert "Live image requests return 402 until you add points." in page
    assert "You have no points left. Live requests return 402." in page


def test_a_company_without_live_access_needs_no_points_yet(owner: Client, partner: Partner) -> None:
    partner.live_approved_at = None
    partner.save()
    assert "You have no points left" not in read(owner)


def test_points_of_this_month_are_net_amounts(owner: Client, settled: ApiKey) -> None:
    first = today().replace(day=1)
    used(settled, (today() - first).days + 1, points=99_900)
    assert '<dt>Used this month</dt> <dd class="stat-value">1</dd>' in read(owner)


def test_the_day_on_which_points_end_follows_from_the_use_of_thirty_days(
    owner: Client, partner: Partner
) -> None:
    bucket(partner, 30_000)
    key = generate_key(partner, "live")
    used(key, 29, points=60_000)
    used(key, 0, points=15_000)
    page = read(owner)
    end = describe_day(today() + timedelta(days=12))
    assert f'<dt>Buy by</dt> <dd class="stat-value">{end}' in page
    assert "25 points a day, 175 a week. Based on 30 days of use." in page


def test_one_day_of_use_says_too_little(owner: Client, partner: Partner) -> None:
    bucket(partner, 30_000)
    used(generate_key(partner, "live"), 0, points=15_000)
    page = read(owner)
    assert "Too early to say" in page
    assert "Based on 1 day of use." in page


@pytest.mark.parametrize("mode", ["live", "test"])
def test_requests_agree_with_the_usage_page(owner: Client, partner: Partner, mode: str) -> None:
    for environment in (Environment.LIVE, Environment.TEST, Environment.MANAGEMENT):
        generate_key(partner, environment)
    fill_usage(partner, days=70)
    pages = (read(owner, f"/dashboard/?mode={mode}"), read(owner, f"{USAGE}?mode={mode}"))
    numbers = [re.search(r'Requests</dt> <dd class="stat-value">([\d,]+)<', page) for page in pages]
    assert numbers[0]
    assert numbers[1]
    assert numbers[0][1] == numbers[1][1] != "0"


def test_requests_of_today_are_told_apart(owner: Client, settled: ApiKey) -> None:
    called(settled, 1, succeeded=50)
    called(settled, 0, succeeded=6, refused=1, failed=2)
    page = read(owner)
    assert '<dt>Today</dt> <dd class="stat-value">9</dd> <dd>3 errors</dd>' in page
    assert '<dt>Today</dt> <dd class="stat-value">9</dd>' in read(
        owner, f"/dashboard/keys/{settled.pk}/"
    )


def test_the_example_stands_first_until_a_request_was_sent(owner: Client, partner: Partner) -> None:
    page = read(owner)
    assert page.index("First request") < page.index('id="points-title"')
    called(generate_key(partner, "test"), 0, succeeded=1)
    used(generate_key(partner, "test", "Other"))
    page = read(owner)
    assert page.index("First request") > page.index('id="points-title"')


def test_keys_of_the_mode_are_shown_by_their_requests(owner: Client, partner: Partner) -> None:
    called(generate_key(partner, "live", "Quiet"), 1, succeeded=3)
    called(generate_key(partner, "live", "Busy"), 1, succeeded=1234)
    revoke_key(key=generate_key(partner, "live", "Former"), actor="test")
    page = read(owner)
    keys = page[page.index('id="keys-title"') :]
    assert keys.index("Busy</a>") < keys.index("Quiet</a>")
    assert "Former</a>" not in keys
    assert 'class="sparkline"' in keys


def test_a_viewer_sees_neither_images_nor_activity_nor_buttons(partner: Partner) -> None:
    partner.live_approved_at = None
    partner.save()
    page = as_role(partner, "viewer")
    assert "Latest images" not in page
    assert "Recent activity" not in page
    assert "Create key" not in page
    assert "Buy points</a>" not in page
    assert "View points" in page


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_balance(partner: Partner, role: str) -> None:
    assert "Balance" in as_role(partner, role)


def test_an_inactive_partner_sees_why_calls_are_rejected(owner: Client, partner: Partner) -> None:
    partner.is_active = False
    partner.save()
    assert "Every API request returns 403" in read(owner)


def test_the_curl_example_calls_this_installation(owner: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://api.example.test"
    assert "curl -s https://api.example.test/partner/v1/image/create" in read(owner)


def test_after_the_first_steps_there_is_no_curl_example(owner: Client, settled: ApiKey) -> None:
    page = read(owner)
    assert "Get started" not in page
    assert "First request" not in page


def test_nothing_of_another_partner_is_shown(owner: Client) -> None:
    other = PartnerFactory.create(name="Stranger")
    bucket(other, 77_700)
    key = generate_key(other, "live", "Strange key")
    called(key, 0, succeeded=66)
    used(key, points=5_500)
    page = read(owner)
    assert '<dt>Balance</dt> <dd class="stat-value">0</dd>' in page
    assert "Strange key" not in page
    assert "No data for this period." in page


def test_the_number_of_queries_does_not_depend_on_the_data(
    owner: Client, partner: Partner, settled: ApiKey
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(owner)
        return len(captured)

    called(settled, succeeded=1)
    sent(partner, "delivered")
    one = queries()
    DailyCalls.objects.all().delete()
    DailyUsage.objects.all().delete()
    for number in range(8):
        generate_key(partner, "live", f"Key {number}")
        bucket(partner, 100)
        sent(partner, "failed")
    fill_usage(partner, days=90)
    assert queries() == one <= 24
