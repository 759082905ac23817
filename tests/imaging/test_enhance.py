"""POST /partner/v1/image/enhance: every documented answer, word for word."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from tests.envelope import assert_error
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import (
    ENHANCE,
    assert_nothing_happened,
    balance_of,
    stored_files,
    stored_image,
)
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood
from tests.imaging.image_host import respond
from tests.servers import Server, canary, serve

Send = Callable[..., Any]

MEMBERS = [
    "imageUrls",
    "mode",
    "resolution",
    "pointsUsed",
    "tier",
    "costPerOperation",
    "remainingBalance",
    "processingTimeMs",
    "totalTimeMs",
]
NO_IMAGES = "At least one image URL is required in the 'images' array"
TOO_MANY = "Maximum 4 images per request"
BAD_URLS = "All images must be valid HTTP/HTTPS URLs"
TOO_LONG = "User request must be less than 2000 characters"


@pytest.fixture
def host() -> Iterator[Server]:
    """A host of images on loopback, which the embedded installation lets partners name."""
    with serve(respond) as server:
        yield server


def test_a_success_has_exactly_the_documented_members(keys: Keys, post: Send, host: Server) -> None:
    reply = post(ENHANCE, {"images": [f"{host.url}/photo.jpg"]}, keys.live)

    body = reply.json()
    assert list(body) == ["success", "message", "data", "timestamp"]
    data = body["data"]
    assert list(data) == MEMBERS
    assert data | {"imageUrls": 0, "processingTimeMs": 0, "totalTimeMs": 0} == {
        "imageUrls": 0,
        "mode": "fast",
        "resolution": "1k",
        "pointsUsed": 8,
        "tier": "starter",
        "costPerOperation": 8,
        "remainingBalance": 992,
        "processingTimeMs": 0,
        "totalTimeMs": 0,
    }
    [url] = data["imageUrls"]
    assert re.search(rf"/media/partners/{keys.partner.id}/enhanced/[0-9a-f-]{{36}}\.png$", url)
    assert stored_image(url).size == (1024, 1024)
    assert re.fullmatch("[0-9a-f]{24}", reply.headers["X-Operation-Id"])


def test_one_to_four_images_of_all_formats_are_one_call_at_one_price(
    keys: Keys, post: Send, host: Server
) -> None:
    names = ["photo.jpg", "photo.png", "photo.gif", "photo.webp"]
    order = {
        "images": [f"{host.url}/{name}" for name in names],
        "userRequest": "put it on a clean white background",
        "aspectRatio": "4:3",
        "mode": "thinking",
    }

    data = post(ENHANCE, order, keys.live).json()["data"]

    assert (data["mode"], data["pointsUsed"], data["remainingBalance"]) == ("thinking", 15, 985)
    pictures = [stored_image(url) for url in data["imageUrls"]]
    assert [(picture.format, picture.size) for picture in pictures] == [("PNG", (1024, 768))] * 4
    assert len(set(data["imageUrls"])) == 4
    assert len(stored_files()) == 5  # with one thumbnail


def test_the_model_may_return_fewer_images_than_it_got(
    keys: Keys, post: Send, host: Server, fake: FakeGemini
) -> None:
    order = {"images": [f"{host.url}/photo.jpg", f"{host.url}/photo.png"], "userRequest": "both"}

    data = post(ENHANCE, order, keys.live).json()["data"]

    assert len(data["imageUrls"]) == 1
    [seen] = fake.seen
    assert len(seen.images) == 2
    assert Image.open(io.BytesIO(seen.images[0])).size == (60, 40)
    assert balance_of(keys.partner) == 99_200


def test_the_last_points_pay_for_a_call(live_db: None, post: Send, host: Server) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)

    response = post(ENHANCE, {"images": [f"{host.url}/photo.jpg"]}, keys.live)

    assert response.json()["data"]["remainingBalance"] == 0


def test_a_redirect_to_an_image_is_followed(keys: Keys, post: Send, host: Server) -> None:
    assert post(ENHANCE, {"images": [f"{host.url}/moved"]}, keys.live).status_code == 200


def test_a_thinking_mode_that_fails_becomes_a_fast_one(
    keys: Keys, post: Send, host: Server, fake: FakeGemini
) -> None:
    fake.text = Mood("busy_503")
    order = {"images": [f"{host.url}/photo.jpg"], "mode": "thinking"}

    data = post(ENHANCE, order, keys.live).json()["data"]

    assert list(data) == [*MEMBERS, "requestedMode"]
    assert (data["mode"], data["requestedMode"], data["pointsUsed"]) == ("fast", "thinking", 8)
    assert balance_of(keys.partner) == 99_200


URL = "https://example.com/a.png"


#: Bodies, and the words and the field of the refusal.
BAD_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({}, NO_IMAGES, "images"),
    ({"images": None}, NO_IMAGES, "images"),
    ({"images": []}, NO_IMAGES, "images"),
    ({"images": URL}, NO_IMAGES, "images"),
    ({"images": {"0": URL}}, NO_IMAGES, "images"),
    ({"images": 1}, NO_IMAGES, "images"),
    ({"images": [URL] * 5}, TOO_MANY, "images"),
    ({"images": [1] * 5}, TOO_MANY, "images"),
    ({"images": [URL, None]}, BAD_URLS, "images"),
    ({"images": [URL, ""]}, BAD_URLS, "images"),
    ({"images": [[URL]]}, BAD_URLS, "images"),
    ({"images": [7]}, BAD_URLS, "images"),
    ({"images": ["example.com/a.png"]}, BAD_URLS, "images"),
    ({"images": ["ftp://example.com/a.png"]}, BAD_URLS, "images"),
    ({"images": ["file:///etc/passwd"]}, BAD_URLS, "images"),
    ({"images": ["data:image/png;base64,AAAA"]}, BAD_URLS, "images"),
    ({"images": ["http://user:pass@example.com/a.png"]}, BAD_URLS, "images"),
    ({"images": ["http://10.0.0.1/a.png"]}, BAD_URLS, "images"),
    ({"images": ["http://169.254.169.254/latest/meta-data"]}, BAD_URLS, "images"),
    ({"images": ["http://exa mple.com/a.png"]}, BAD_URLS, "images"),
    ({"images": ["http://example.com/" + "a" * 8192]}, BAD_URLS, "images"),
    ({"images": [URL], "userRequest": "x" * 2001}, TOO_LONG, "userRequest"),
    ({"images": [URL], "userRequest": "👟" * 2001}, TOO_LONG, "userRequest"),
    ({"images": [URL], "userRequest": 5}, "userRequest must be a string", "userRequest"),
    ({"images": [URL], "userRequest": [""]}, "userRequest must be a string", "userRequest"),
    (
        {"images": [URL], "aspectRatio": "2:1"},
        "Invalid aspect ratio. Supported: 1:1, 16:9, 9:16, 4:3, 3:4, 3:2, 2:3",
        "aspectRatio",
    ),
    ({"images": [URL], "mode": "slow"}, "Invalid mode. Supported: fast, thinking", "mode"),
    (
        {"images": [URL], "resolution": ""},
        "Invalid resolution. Supported: 1k, 2k, 4k",
        "resolution",
    ),
    ({"images": 0, "userRequest": 0, "mode": 0}, NO_IMAGES, "images"),
]


@pytest.mark.parametrize("environment", ["live", "test"])
def test_a_bad_field_is_named_in_the_documented_words_and_costs_nothing(
    keys: Keys, post: Send, environment: str
) -> None:
    for body, message, field in BAD_FIELDS:
        reply = post(ENHANCE, body, getattr(keys, environment))
        assert assert_error(reply, 400, message)["field"] == field, body

    assert_nothing_happened(keys.partner, balance=100_000)


@pytest.mark.parametrize("request_text", [None, "", "   ", "x" * 2000, "👟" * 2000])
def test_the_request_may_be_missing_and_have_2000_characters(
    keys: Keys, post: Send, request_text: str | None
) -> None:
    body = {"images": [URL] * 4, "userRequest": request_text}

    assert len(post(ENHANCE, body, keys.test).json()["data"]["imageUrls"]) == 4


def test_too_few_points_are_reported_before_any_download(live_db: None, post: Send) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 1_000)

    with canary() as server:
        body = {"images": [f"{server.url}/a.png"], "mode": "thinking"}
        reply = post(ENHANCE, body, keys.live)

    assert_error(
        reply,
        402,
        "Insufficient points. Required: 15 (starter tier, thinking mode), Available: 10. "
        "Please top up your account.",
    )
    assert server.connections == 0
    assert_nothing_happened(keys.partner, balance=1_000)
