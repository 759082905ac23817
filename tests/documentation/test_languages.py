"""Pages in another language keep their readers in it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_links_lead_to_pages_in_the_same_language(client: Client) -> None:
    page = client.get("/hi/docs/going-live/").content.decode()
    links = set(re.findall(r'href="([^"]+)"', page.split("<main")[1].split("</main>")[0]))
    assert {"/hi/docs/authentication/#permissions", "/hi/docs/retries/"} <= links
    # Pages behind the sign-in have one address.
    assert "/dashboard/live-access/" in links
    # The feed is for programs, and in English.
    assert {link for link in links if link.startswith("/docs/")} <= {"/docs/changelog.rss"}


def test_markdown_has_the_links_of_its_page(client: Client) -> None:
    text = client.get("/as/docs/overview.md").content.decode()
    assert "](/as/docs/accounts/)" in text
    assert "](/docs/accounts/)" in client.get("/docs/overview.md").content.decode()
