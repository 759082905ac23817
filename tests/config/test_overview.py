"""The home page of the dashboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey, DailyCalls, Partner
from accounts.services.keys import revoke_key
from billing.models import DailyUsage
from tests.deliveries import sent
from tests.factories import PartnerFactory, bucket, mark_used
from tests.usage_data import called, fill_usage, generate_key, today, used
from tests.users import ROLES, browser_of, create_user

CALLERS = ["owner", "admin", "developer"]


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(name="Nova Retail")


@pytest.fixture
def client(partner: Partner) -> Client:
    return browser_of(create_user(partner))


@pytest.fixture
def settled(partner: Partner) -> ApiKey:
    """Complete all first steps of the partner; return its live key."""
    bucket(partner, 10_000_000, tier="growth")
    used(generate_key(partner, "test"))
    live = generate_key(partner, "live")
    used(live, points=100)
    return live


def read(client: Any) -> str:
    response = client.get("/dashboard/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def as_role(partner: Partner, role: str) -> str:
    return read(browser_of(create_user(partner, role)))


def test_the_balance_is_the_sum_of_the_buckets_and_the_oldest_sets_the_prices(
    client: Client, partner: Partner
) -> None:
    bucket(partner, 725, tier="growth")
    bucket(partner, 1_000_000, tier="starter")
    page = read(client)
    assert '10,007.25 <span class="unit">points</span>' in page
    assert '<dd class="stat-value">Growth</dd>' in page
    assert "create 7.25 fast, 14 thinking; enhance 7.25 fast, 14 thinking." in page
    assert "After 7.25 points: Starter." in page


def test_without_points_the_page_shows_the_error_of_live_calls(client: Client) -> None:
    assert "Live image requests return 402 until you add points." in read(client)


def test_points_of_this_month_are_net_amounts(client: Client, settled: ApiKey) -> None:
    first = today().replace(day=1)
    used(settled, (today() - first).days + 1, points=99_900)
    assert '1 <span class="unit">points</span>' in read(client)


def test_the_runway_is_based_on_the_last_thirty_days(client: Client, partner: Partner) -> None:
    bucket(partner, 30_000)
    key = generate_key(partner, "live")
    used(key, 29, points=60_000)
    used(key, 0, points=15_000)
    assert '<dd class="stat-value">about 12 days</dd>' in read(client)


def test_without_usage_there_is_no_runway(client: Client, partner: Partner) -> None:
    bucket(partner, 30_000)
    page = read(client)
    assert '<dd class="stat-value">–</dd>' in page
    assert "No points used in the last 30 days." in page


def test_calls_and_errors_of_thirty_days_have_a_chart(client: Client, settled: ApiKey) -> None:
    called(settled, 0, succeeded=90, refused=8, failed=2)
    called(settled, 29, succeeded=100)
    called(settled, 30, succeeded=150)
    page = read(client)
    assert '<dd class="stat-value">200</dd>' in page
    assert '10 <span class="unit">5.0%</span>' in page
    assert "33% more than the previous 30 days." in page
    assert "8 rejected (4xx), 2 failed on our side (5xx)." in page
    assert "200 requests, peak on" in page


def test_only_active_keys_are_counted(client: Client, partner: Partner) -> None:
    generate_key(partner, "live", "Shop")
    generate_key(partner, "management")
    revoke_key(key=generate_key(partner, "live"), actor="test")
    page = read(client)
    assert "<strong>1 of 10</strong>" in page
    assert "No key has been used yet." in page


def test_the_key_that_was_used_last_is_named(client: Client, partner: Partner) -> None:
    generate_key(partner, "test", "Newer")
    key = generate_key(partner, "live", "Shop")
    mark_used(key, timezone.now() - timedelta(hours=2))
    assert f"Last used: Shop <code>…{key.last_four}</code>" in read(client)


def test_webhooks_are_healthy_if_all_were_delivered(client: Client, partner: Partner) -> None:
    sent(partner, "delivered")
    sent(partner, "delivered", days_ago=6)
    sent(partner, "failed", days_ago=8)
    page = read(client)
    assert "Healthy" in page
    assert "<strong>2 of 2</strong>" in page


def test_failed_and_pending_webhooks_are_counted(client: Client, partner: Partner) -> None:
    sent(partner, "failed", days_ago=2)
    sent(partner, "pending", attempts_made=3)
    sent(partner, "pending")
    page = read(client)
    assert "Retrying" in page
    assert "2 pending, 1 of them retrying." in page
    assert "1 failed, 0 of them in the last 24 hours." in page


def test_a_viewer_sees_neither_webhooks_nor_buttons(partner: Partner) -> None:
    partner.live_approved_at = None
    partner.save()
    page = as_role(partner, "viewer")
    assert "Webhooks" not in page
    assert "Create key" not in page
    assert "Buy points</a>" not in page
    assert "View points" in page


@pytest.mark.parametrize("role", CALLERS)
def test_roles_that_see_requests_see_webhooks(partner: Partner, role: str) -> None:
    assert 'id="webhooks-title"' in as_role(partner, role)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_balance(partner: Partner, role: str) -> None:
    assert "Balance" in as_role(partner, role)


def test_an_inactive_partner_sees_why_calls_are_rejected(client: Client, partner: Partner) -> None:
    partner.is_active = False
    partner.save()
    assert "Every API request returns 403" in read(client)


def test_the_curl_example_calls_this_installation(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://api.example.test"
    assert "curl -s https://api.example.test/partner/v1/image/create" in read(client)


def test_after_the_first_steps_there_is_no_curl_example(client: Client, settled: ApiKey) -> None:
    page = read(client)
    assert "Get started" not in page
    assert "First request" not in page


def test_nothing_of_another_partner_is_shown(client: Client) -> None:
    other = PartnerFactory.create(name="Stranger")
    bucket(other, 77_700)
    key = generate_key(other, "live", "Strange key")
    called(key, 0, succeeded=66)
    used(key, points=5_500)
    sent(other, "delivered")
    page = read(client)
    assert '0 <span class="unit">points</span>' in page
    assert "<strong>0 of 10</strong>" in page
    assert "No events in the last 7 days." in page
    assert "No data for this period." in page


def test_the_number_of_queries_does_not_depend_on_the_data(
    client: Client, partner: Partner, settled: ApiKey
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client)
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
    assert queries() == one <= 14
