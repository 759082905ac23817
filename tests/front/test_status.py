"""The front page and the status page."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.front.status import format_percent, read_histories
from config.service_levels import all_services, cache_key

pytestmark = pytest.mark.django_db


def keep(name: str, days_ago: int, total: int, failed: int) -> None:
    service = next(each for each in all_services() if each.name == name)
    day = (timezone.now().astimezone(UTC) - timedelta(days=days_ago)).date()
    cache.set(cache_key(service, day), [total, failed], 60)


def test_days_are_judged_by_their_share_of_success() -> None:
    for days_ago, failed in enumerate((0, 1, 2, 30)):
        keep("images", days_ago, 1000, failed)
    history = next(each for each in read_histories() if each.label == "Image API")
    assert [day.level for day in history.days[-5:]] == ["none", "poor", "fair", "good", "good"]
    assert [day.percent for day in history.days[-2:]] == ["99.9%", "100%"]
    assert history.percent == "99.17%"


def test_a_hundred_percent_means_all() -> None:
    assert format_percent(0.99999) == "99.99%"
    assert format_percent(1) == "100%"


def test_the_page_tells_visitors(client: Client) -> None:
    keep("webhooks", 0, 10, 0)
    html = client.get("/status/").content.decode()
    assert "100% succeeded in 90 days" in html
    assert "No requests in 90 days" in html


def test_the_front_page_has_the_price_list(client: Client) -> None:
    html = client.get("/").content.decode()
    for text in ("₹5,000", "₹25,000", "₹1,00,000", "7.25 points", "18% GST"):
        assert text in html
