"""The first steps of a partner, and what needs it afterwards."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Partner
from accounts.services.keys import revoke_key
from accounts.services.live_access import request_live_access
from tests.factories import bucket
from tests.usage_data import generate_key, used
from tests.users import browser_of, create_user


def read(client: Any) -> str:
    response = client.get("/dashboard/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def as_role(partner: Partner, role: str) -> str:
    return read(browser_of(create_user(partner, role)))


def open_step(page: str) -> str:
    """The title of the step that is next."""
    at = page.index('aria-current="step"')
    return page[page.index("<h3>", at) + 5 : page.index("</h3>", at)].strip()


def test_the_first_steps_are_completed_in_order(owner: Client, partner: Partner) -> None:
    partner.live_approved_at = None
    partner.save()
    assert open_step(read(owner)) == "Create a test key"
    test_key = generate_key(partner, "test")
    assert open_step(read(owner)) == "Send a test request"
    used(test_key)
    assert open_step(read(owner)) == "Get live access"
    Partner.objects.update(live_approved_at=timezone.now())
    assert open_step(read(owner)) == "Buy points"
    bucket(partner, 100_000)
    assert open_step(read(owner)) == "Create a live key"
    live_key = generate_key(partner, "live")
    assert open_step(read(owner)) == "Send a live request"
    used(live_key, points=800)
    assert "Get started" not in read(owner)


def test_a_step_stays_done_when_its_key_is_revoked(owner: Client, partner: Partner) -> None:
    key = generate_key(partner, "test")
    used(key)
    revoke_key(key=key, actor="test")
    assert open_step(read(owner)) == "Buy points"


def test_live_calls_do_not_count_as_test_calls(owner: Client, partner: Partner) -> None:
    bucket(partner, 100_000)
    used(generate_key(partner, "live"), points=800)
    assert open_step(read(owner)) == "Create a test key"


def test_a_developer_gets_no_links_to_admin_pages(partner: Partner) -> None:
    bucket(partner, 100)
    used(generate_key(partner, "test"))
    page = as_role(partner, "developer")
    assert open_step(page) == "Create a live key"
    assert 'href="/dashboard/keys/new/">Create key<' not in page


def test_a_partner_without_approval_is_informed_with_its_id(
    owner: Client, partner: Partner
) -> None:
    partner.live_approved_at = None
    partner.save()
    page = read(owner)
    assert "Test only" in page
    assert "Nova Retail is not approved for live requests yet." in page
    assert f"<code>{partner.id}</code>" in page


def test_a_request_for_live_access_that_waits_is_no_longer_asked_for(
    owner: Client, partner: Partner
) -> None:
    partner.live_approved_at = None
    partner.save()
    assert "Request live access</a>" in read(owner)
    request_live_access(
        partner=partner, actor="owner@nova.test", website="https://nova.test", purpose="Photos"
    )
    page = read(owner)
    assert "Your request is waiting for ShopIQ&#x27;s decision." in page
    assert "Request live access</a>" not in page


def test_while_a_request_waits_the_next_step_is_to_buy_points(
    owner: Client, partner: Partner
) -> None:
    partner.live_approved_at = None
    partner.save()
    used(generate_key(partner, "test"))
    request_live_access(
        partner=partner, actor="owner@nova.test", website="https://nova.test", purpose="Photos"
    )
    assert open_step(read(owner)) == "Buy points"
    bucket(partner, 100_000)
    assert open_step(read(owner)) == "Get live access"


def test_points_ending_within_a_week_need_those_who_can_buy(
    partner: Partner, settled: ApiKey
) -> None:
    used(settled, 6, points=10_000_000)
    text = "At the current rate, your points end on"
    assert text in as_role(partner, "admin")
    assert text not in as_role(partner, "developer")


def test_a_partner_without_problems_reads_so(owner: Client, settled: ApiKey) -> None:
    assert "Nothing. Points, keys and webhooks are fine." in read(owner)
