"""Test keys: the same checks, no points, static images (API docs, "Image API Test Mode")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Partner
from billing.models import Charge, DailyUsage, LedgerEntry
from imaging.models import ImageOperation
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys, partner_with_keys
from tests.imaging.calls import CREATE, ENHANCE, PROMPT, USAGE, balance_of, stored_files
from tests.servers import canary

Send = Callable[..., Any]

MESSAGE = (
    "This is a test response. No AI model was triggered and no points were deducted. "
    "Use a live API key (sq_live_*) for actual image generation."
)


def test_a_create_responds_exactly_as_documented(keys: Keys, post: Send) -> None:
    response = post(CREATE, PROMPT, keys.test)

    body = response.json()
    data = body["data"]
    assert is_timestamp(body["timestamp"])
    assert list(body) == ["success", "message", "data", "timestamp"]
    assert list(data.items()) == [
        (
            "imageUrl",
            "https://placehold.co/1024x1024/1a1a2e/ffffff/png"
            "?text=ShopIQ+Test%0AImage+Create%0A1:1",
        ),
        ("mode", "fast"),
        ("resolution", "1k"),
        ("pointsUsed", 0),
        ("tier", "test"),
        ("costPerOperation", 0),
        ("remainingBalance", None),
        ("processingTimeMs", data["processingTimeMs"]),
        ("totalTimeMs", data["totalTimeMs"]),
        ("testMode", True),
        ("message", MESSAGE),
    ]
    assert type(data["processingTimeMs"]) is int
    assert ImageOperation.objects.get().id == response.headers["X-Operation-Id"]


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [("16:9", "1k", "1024x576"), ("2:3", "2k", "1365x2048"), ("3:2", "4k", "4096x2731")],
)
def test_the_placeholder_has_the_true_pixels(
    keys: Keys, post: Send, ratio: str, resolution: str, size: str
) -> None:
    order = {**PROMPT, "aspectRatio": ratio, "resolution": resolution, "mode": "thinking"}

    data = post(CREATE, order, keys.test).json()["data"]

    assert data["imageUrl"] == (
        f"https://placehold.co/{size}/1a1a2e/ffffff/png?text=ShopIQ+Test%0AImage+Create%0A{ratio}"
    )
    assert (data["mode"], data["resolution"]) == ("thinking", resolution)


def test_an_enhance_returns_a_placeholder_per_image_and_downloads_none(
    keys: Keys, post: Send
) -> None:
    with canary() as server:
        body = {"images": [f"{server.url}/{n}.png" for n in range(3)], "aspectRatio": "4:3"}
        data = post(ENHANCE, body, keys.test).json()["data"]

    assert server.connections == 0
    assert (
        data["imageUrls"]
        == [
            "https://placehold.co/1024x768/1a1a2e/ffffff/png?text=ShopIQ+Test%0AImage+Enhance%0A4:3"
        ]
        * 3
    )
    assert data["testMode"] is True
    assert "imageUrl" not in data


def test_the_placeholders_host_is_a_setting(keys: Keys, post: Send, settings: Any) -> None:
    settings.TEST_IMAGE_HOST = "https://img.example.com/placeholder"

    url = post(CREATE, PROMPT, keys.test).json()["data"]["imageUrl"]

    assert url.startswith("https://img.example.com/placeholder/1024x1024/1a1a2e/")


def test_no_point_moves_and_no_file_is_stored(keys: Keys, post: Send) -> None:
    for _ in range(3):
        assert post(CREATE, PROMPT, keys.test).status_code == 200

    assert balance_of(keys.partner) == 100_000
    assert not Charge.objects.exists()
    assert LedgerEntry.objects.count() == 1
    assert stored_files() == []


def test_a_partner_without_points_can_test(live_db: None, post: Send) -> None:
    keys = partner_with_keys()

    assert post(CREATE, {**PROMPT, "mode": "thinking"}, keys.test).status_code == 200


def test_test_calls_are_counted_apart_from_live_ones(keys: Keys, post: Send, get: Send) -> None:
    post(CREATE, PROMPT, keys.test)
    post(ENHANCE, {"images": ["https://example.com/a.png"]}, keys.test)

    data = get(USAGE, keys.live).json()["data"]

    assert data["last30Days"] == {"imageCreations": 0, "imageEnhancements": 0, "totalCalls": 0}
    assert data["points"]["totalUsed"] == 0
    counted = DailyUsage.objects.values_list("action", "is_test", "succeeded", "failed", "points")
    assert sorted(counted) == [("create", True, 1, 0, 0), ("enhance", True, 1, 0, 0)]


def test_a_call_over_the_rate_limit_starts_nothing(keys: Keys, post: Send) -> None:
    Partner.objects.update(requests_per_minute=1)

    statuses = [post(CREATE, PROMPT, keys.test).status_code for _ in range(2)]

    assert statuses == [200, 429]
    assert ImageOperation.objects.count() == 1


def test_usage_shows_the_live_figures_and_says_test_mode(keys: Keys, post: Send, get: Send) -> None:
    post(CREATE, PROMPT, keys.live)

    live, test = (get(USAGE, key).json()["data"] for key in (keys.live, keys.test))

    assert test == {**live, "testMode": True}
    assert "testMode" not in live
    assert test["last30Days"]["imageCreations"] == 1


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([], "At least one image URL is required in the 'images' array"),
        (["ftp://example.com/a.png"], "All images must be valid HTTP/HTTPS URLs"),
        (["https://example.com/a.png"] * 5, "Maximum 4 images per request"),
    ],
)
def test_all_checks_of_live_calls_stand_in_test_mode(
    keys: Keys, post: Send, images: list[str], message: str
) -> None:
    assert_error(post(ENHANCE, {"images": images}, keys.test), 400, message)
