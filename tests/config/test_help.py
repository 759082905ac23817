"""The page of help, and the documentation in the search."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Partner
from tests.users import browser_of, create_user

HELP = "/dashboard/help/"
SEARCH = "/dashboard/search/"


def read(client: Client, path: str = HELP, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("hi", "/hi"), ("as", "/as")])
def test_it_leads_to_the_documentation_in_the_readers_language(
    owner: Client, language: str, prefix: str
) -> None:
    owner.cookies["language"] = language
    page = read(owner)
    for name in ("quick-start", "errors", "receiving-webhooks"):
        assert f'href="{prefix}/docs/{name}/"' in page


def test_a_request_is_looked_up_by_those_who_see_requests(partner: Partner) -> None:
    form = '<form class="test-form" method="get" action="/dashboard/logs/">'
    pages = {role: read(browser_of(create_user(partner, role))) for role in ("developer", "viewer")}
    assert form in pages["developer"]
    assert form not in pages["viewer"]


def test_a_mail_to_support_names_the_partner(
    owner: Client, partner: Partner, settings: Any
) -> None:
    assert "mailto:" not in read(owner)
    settings.SUPPORT_EMAIL = "help@shopiq.example"
    assert f'href="mailto:help@shopiq.example?subject=ShopIQ%20{partner.pk}"' in read(owner)


@pytest.mark.parametrize(
    ("term", "is_found"), [("rate lim", True), ("limits", True), ("imits", False), ("zzz", False)]
)
def test_the_search_finds_pages_of_the_documentation(
    owner: Client, term: str, is_found: bool
) -> None:
    assert ('href="/docs/rate-limits/"' in read(owner, SEARCH, q=term)) is is_found


def test_the_search_knows_the_documentation_by_its_english_titles_as_well(owner: Client) -> None:
    owner.cookies["language"] = "hi"
    assert 'href="/hi/docs/rate-limits/"' in read(owner, SEARCH, q="rate")
