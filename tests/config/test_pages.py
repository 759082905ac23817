"""The pages that belong to no single app."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey, Member
from accounts.services.keys import create_key, revoke_key
from billing.models import OperationPrice
from config import views
from tests.factories import PartnerFactory, bucket
from tests.staff import business, member, superuser


def read(client: Client, address: str = "/dashboard/") -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def partner(db):
    return PartnerFactory(name="Nova Retail", requests_per_minute=60, requests_per_day=10_000)


@pytest.fixture
def client(partner, client):
    client.force_login(member(partner))
    return client


def test_a_visitor_is_sent_to_sign_in_and_back(db):
    answer = Client().get("/", follow=True)
    assert answer.redirect_chain[-1] == ("/login/?next=/dashboard/", 302)


@pytest.mark.parametrize("typed", ["/login", "/dashboard", "/admin"])
def test_an_address_typed_without_its_slash_is_completed(typed):
    assert Client().get(typed).url == f"{typed}/"


def test_the_balance_is_the_sum_of_the_buckets_with_the_tier_that_is_charged(client, partner):
    bucket(partner, 725, tier="growth")
    bucket(partner, 1_000_000, tier="starter")
    page = read(client)
    assert '10,007.25 <span class="unit">points</span>' in page
    assert "At <strong>Growth</strong> prices: an image from 7.25 points." in page


def test_buckets_stand_in_the_order_in_which_they_are_used(client, partner):
    bucket(partner, 11_100, tier="scale")
    bucket(partner, 22_200, tier="starter")
    page = read(client)
    assert page.index("In use") < page.index("111 <span") < page.index("222 <span")
    assert page.count("In use") == 1


def test_without_points_the_page_says_what_live_calls_answer(client):
    page = read(client)
    assert "Live calls answer 402" in page
    assert "No points left" in page


def test_a_price_that_does_not_exist_is_a_dash(client):
    OperationPrice.objects.filter(tier="scale", action="create", mode="fast").delete()
    assert '<td class="number">–</td>' in read(client)


def test_used_points_and_calls_come_from_the_rollups(db):
    partner = business()
    browser = Client()
    browser.force_login(member(partner))
    assert '8 <span class="unit">points</span>' in read(browser)


def key_row(client: Client, key: ApiKey) -> str:
    page = read(client)
    return page[page.index(f"…{key.last_four}</code>") :].partition("</tr>")[0]


def test_a_key_is_known_by_its_kind_and_last_four_and_never_shown(client, partner):
    issued = create_key(partner=partner, environment="live", actor="test", name="Shop")
    page = read(client)
    assert f"<code>sq_live_…{issued.key.last_four}</code>" in page
    assert issued.secret not in page
    assert "Active" in key_row(client, issued.key)
    assert "never" in key_row(client, issued.key)


def test_a_revoked_and_an_expired_key_say_so(client, partner):
    soon = timezone.now() + timedelta(minutes=1)
    revoked = create_key(partner=partner, environment="live", actor="test").key
    expired = create_key(partner=partner, environment="test", actor="test", expires_at=soon).key
    assert "until" in key_row(client, expired)
    revoke_key(key=revoked, actor="test")
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(hours=2))
    assert "Revoked" in key_row(client, revoked)
    assert "Expired" in key_row(client, expired)
    assert "2\xa0hours ago" in client.get("/dashboard/").content.decode()


def test_working_keys_are_not_pushed_out_by_revoked_ones(client, partner):
    working = create_key(partner=partner, environment="live", actor="test").key
    for _ in range(40):
        revoke_key(
            key=create_key(partner=partner, environment="test", actor="test").key, actor="test"
        )
    page = read(client)
    assert f"…{working.last_four}</code>" in page
    assert page.count("</code></th>") == 30


def test_the_curl_line_calls_this_installation(client, settings):
    settings.PUBLIC_URL = "https://api.example.test"
    assert "curl -s https://api.example.test/partner/v1/image/create" in read(client)


def test_times_are_machine_readable_and_say_utc(client, partner):
    made = bucket(partner, 100).purchased_at
    assert f'<time datetime="{made:%Y-%m-%dT%H:%M:%SZ}" title="{made:%Y-%m-%d %H:%M:%S} UTC">' in (
        read(client)
    )


def test_the_page_costs_as_many_queries_for_many_rows_as_for_one(client, partner):
    def rows(number: int) -> None:
        for _ in range(number):
            bucket(partner, 100)
            create_key(partner=partner, environment="test", actor="test")

    rows(1)
    read(client)
    with CaptureQueriesContext(connection) as one:
        read(client)
    rows(3)
    with CaptureQueriesContext(connection) as many:
        read(client)
    assert len(many) == len(one)


def test_nothing_of_another_partner_is_shown(client):
    other = business()
    page = read(client)
    assert other.name not in page
    assert all(key.last_four not in page for key in other.api_keys.all())


def test_an_inactive_partner_still_sees_its_page_and_why_calls_are_refused(client, partner):
    partner.is_active = False
    partner.save()
    assert "every API call answers 403" in read(client)


def test_someone_without_a_partner_is_told_what_to_do(client):
    Member.objects.all().delete()
    page = read(client)
    assert "Your login belongs to no partner yet" in page
    assert "/admin/" not in page


def test_staff_without_a_partner_are_led_to_the_administration(db):
    assert 'href="/admin/"' in read(superuser())


@pytest.mark.parametrize("address", ["/dashboard/", "/login/", "/nowhere", "/admin/login/"])
def test_every_page_forbids_inline_code_and_foreign_sources(db, address):
    answer = Client().get(address)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_an_unknown_page_is_a_404_that_asks_no_database():
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "arguments", "status"),
    [
        (views.bad_request, [Exception()], 400),
        (views.forbidden, [Exception()], 403),
        (views.not_found, [Exception()], 404),
        (views.server_error, [], 500),
    ],
)
def test_every_error_page_renders_without_database_and_session(view, arguments, status):
    answer = view(RequestFactory().get("/dashboard/"), *arguments)
    assert answer.status_code == status
    assert f"Error {status}" in answer.content.decode()


@pytest.mark.parametrize("view", [views.not_found, views.server_error])
def test_an_api_address_gets_the_envelope_instead(view):
    arguments = [] if view is views.server_error else [Exception()]
    answer = view(RequestFactory().get("/partner/v1/nowhere"), *arguments)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_a_form_without_its_token_is_refused_with_a_page_of_ours():
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "a@b.test"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()
