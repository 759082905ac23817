"""The API changelog as a feed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_each_version_is_an_item(client: Client, settings: object) -> None:
    response = client.get("/docs/changelog.rss")
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    items = ElementTree.fromstring(response.content).findall("channel/item")
    titles = [item.findtext("title") for item in items]
    assert titles[-3:] == ["v2.2.0", "v2.1.0", "v2.0.0"]
    assert items[-1].findtext("pubDate") == "Sun, 01 Jun 2025 00:00:00 +0000"
    assert items[-1].findtext("link", "").endswith("/docs/changelog/#v200")
    description = items[-1].findtext("description", "")
    assert description.startswith("<p>June 2025</p>")
    assert "/createAndDeploy" in description
