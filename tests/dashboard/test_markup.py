"""The markup of every page, and what no page may contain."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from accounts.models import ApiKey, Invitation, User
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import Markup
from tests.dashboard.pages import Page, all_pages, name_of, partner_pages, readable
from tests.seed import Side

PAGES = readable(all_pages())


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_page_is_well_formed_and_complies_with_its_policy(
    dashboard: SeededDashboard, route: Page
) -> None:
    if text := dashboard.read(route).text:
        assert Markup(text).faults == []


@pytest.mark.parametrize(
    "route", [page for page in PAGES if not page.permission and not page.names_rows], ids=name_of
)
def test_public_pages_are_well_formed(dashboard: SeededDashboard, route: Page) -> None:
    response = dashboard.visitor.get(route.path(dashboard.own))
    if response.status_code == 200:
        assert Markup(response.content.decode()).faults == []


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_every_link_works(dashboard: SeededDashboard, route: Page) -> None:
    text = dashboard.read(route).text
    paths = {urlsplit(link).path for link in Markup(text).links} if text else set()
    assert [path for path in sorted(paths) if not is_served(path)] == []


def is_served(path: str) -> bool:
    try:
        return not path.startswith("/") or bool(resolve(path))
    except Resolver404:
        return False


@pytest.mark.parametrize("route", readable(partner_pages()), ids=name_of)
def test_a_page_is_neither_cached_nor_framed(dashboard: SeededDashboard, route: Page) -> None:
    headers = dashboard.read(route).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_no_page_shows_a_secret(dashboard: SeededDashboard, route: Page) -> None:
    body = dashboard.read(route).body
    secrets = [*secrets_of(dashboard.own), *secrets_of(dashboard.seed_data.stranger)]
    assert [secret for secret in secrets if secret.encode() in body] == []


@pytest.mark.parametrize("route", readable(partner_pages()), ids=name_of)
def test_no_page_shows_data_of_another_partner(dashboard: SeededDashboard, route: Page) -> None:
    stranger = dashboard.seed_data.stranger
    ids = [row for row in stranger.rows.values() if len(row) == len(stranger.partner.id)]
    words = [stranger.partner.id, stranger.partner.name, stranger.domain, *ids]
    body = dashboard.read(route).body
    assert [word for word in words if word.encode() in body] == []


def secrets_of(side: Side) -> list[str]:
    """Return the secrets as they are and as the database stores them."""
    hashes = [
        *ApiKey.objects.filter(partner=side.partner).values_list("secret_hash", flat=True),
        *Invitation.objects.filter(partner=side.partner).values_list("token_hash", flat=True),
    ]
    forms = [form(bytes(kept)) for kept in hashes for form in (bytes.hex, _base64)]
    passwords = User.objects.filter(memberships__partner=side.partner).values_list("password")
    return [*side.secrets, *forms, *(password for (password,) in passwords if password)]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
