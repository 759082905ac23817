"""Pages that belong to no single app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import Member
from config import views
from config.dashboard import errors
from tests.factories import PartnerFactory
from tests.staff import member, superuser


def read(client: Client, address: str = "/dashboard/") -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def client(db: None, client: Client) -> Client:
    client.force_login(member(PartnerFactory.create(name="Nova Retail")))
    return client


def test_an_anonymous_user_is_redirected_to_sign_in_and_back(db: None) -> None:
    response = Client().get("/dashboard", follow=True)
    assert response.redirect_chain[-1] == ("/login/?next=/dashboard/", 302)


def test_a_get_of_a_post_only_url_shows_an_error_page(db: None) -> None:
    response = Client().get("/dashboard/company/choose/")
    assert response.status_code == 405
    assert "Method not allowed" in response.text
    assert "POST" in response.headers["Allow"]


def test_an_htmx_request_that_needs_a_sign_in_redirects_the_whole_page(db: None) -> None:
    response = Client().get("/dashboard/webhooks/?state=failed", headers={"HX-Request": "true"})
    assert response.status_code == 200
    address = "/login/?next=/dashboard/webhooks/%3Fstate%3Dfailed"
    assert response.headers["HX-Redirect"] == address
    assert "Location" not in response.headers


@pytest.mark.parametrize("typed", ["/login", "/dashboard", "/admin"])
def test_a_missing_slash_is_added(typed: str) -> None:
    assert Client().get(typed).headers["Location"] == f"{typed}/"


def test_a_user_without_a_partner_gets_instructions(client: Client) -> None:
    Member.objects.all().delete()
    page = read(client)
    assert "You don't belong to a company yet" in page
    assert "/admin/" not in page


def test_staff_without_a_partner_get_a_link_to_the_admin(db: None) -> None:
    assert 'href="/admin/"' in read(superuser())


@pytest.mark.parametrize("address", ["/dashboard/", "/login/", "/nowhere", "/admin/login/"])
def test_every_page_has_a_strict_content_security_policy(db: None, address: str) -> None:
    response = Client().get(address)
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_an_unknown_page_is_a_404_without_queries() -> None:
    response = Client().get("/nowhere")
    assert response.status_code == 404
    assert response.headers["X-Request-Id"] in response.content.decode()


@pytest.mark.parametrize(
    ("view", "arguments", "status"),
    [
        (views.bad_request, [Exception()], 400),
        (errors.forbidden, [Exception()], 403),
        (errors.not_found, [Exception()], 404),
        (errors.too_many_requests, [], 429),
        (views.server_error, [], 500),
    ],
)
def test_every_error_page_renders_without_database_and_session(
    view: Callable[..., Any], arguments: Any, status: int
) -> None:
    response = view(RequestFactory().get("/dashboard/"), *arguments)
    assert response.status_code == status
    assert f"Error {status}" in response.content.decode()


WAYS_IN = ('href="/login/"', 'href="/docs/"', 'href="/status/"')


def test_a_visitor_gets_the_ways_in(db: None) -> None:
    visitor = Client()
    visitor.get("/login/")
    assert visitor.cookies.keys(), "a cookie makes nobody a member"
    for someone in (Client(), visitor):
        page = read(someone, "/nowhere/")
        assert all(way in page for way in WAYS_IN)
        assert "Go to dashboard" not in page


def test_a_user_without_a_company_gets_the_way_to_the_dashboard(client: Client) -> None:
    Member.objects.all().delete()
    page = read(client, "/nowhere/")
    assert 'href="/dashboard/">Go to dashboard' in page
    assert WAYS_IN[0] not in page


@pytest.mark.parametrize("view", [errors.not_found, views.server_error])
def test_an_api_address_gets_the_envelope_instead(view: Callable[..., Any]) -> None:
    arguments = [] if view is views.server_error else [Exception()]
    response = view(RequestFactory().get("/partner/v1/nowhere"), *arguments)
    assert response.headers["Content-Type"].startswith("application/json")


def test_a_form_without_a_csrf_token_gets_an_error_page() -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "a@b.test"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
