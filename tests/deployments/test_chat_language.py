"""A merchant chooses the language of the page that a sign-in link opens."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.merchants import PartnerServer


@pytest.fixture
def link(server: PartnerServer) -> str:
    """The path and query of a link's URL."""
    account = server.create(firstName="Sarah")
    url: str = server.post("generateAutoLoginUrl", {"accountId": account}).json()["redirectUrl"]
    return url.removeprefix(settings.PUBLIC_URL)


def test_a_merchant_chooses_the_language_without_the_token_on_the_page(link: str) -> None:
    browser = Client()
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert token not in browser.get(link).content.decode()

    response = browser.post(link, {"language": "as"})

    assert response.headers["Location"] == f"/chat?{urlencode({'token': token})}"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert browser.cookies["language"].value == "as"
    page = browser.get(link).content.decode()
    assert '<html lang="as"' in page
    assert all(name in page for name in (">English<", ">हिन्दी<", ">অসমীয়া<"))


def test_an_unknown_language_is_not_remembered(link: str) -> None:
    browser = Client()
    assert browser.post(link, {"language": "xx"}).status_code == 200
    assert "language" not in browser.cookies
