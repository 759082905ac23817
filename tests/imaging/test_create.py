"""POST /partner/v1/image/create: what a call answers, costs and stores."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from imaging.models import ImageOperation
from tests.envelope import is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT, balance_of, stored_files, stored_image
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood

Send = Callable[..., Any]

MEMBERS = [
    "imageUrl",
    "mode",
    "resolution",
    "pointsUsed",
    "tier",
    "costPerOperation",
    "remainingBalance",
    "processingTimeMs",
    "totalTimeMs",
]


def test_a_success_has_exactly_the_documented_members(keys: Keys, post: Send) -> None:
    response = post(CREATE, PROMPT, keys.live)

    assert response.status_code == 200
    body = response.json()
    assert list(body) == ["success", "message", "data", "timestamp"]
    assert (body["success"], body["message"]) == (True, "Success")
    assert is_timestamp(body["timestamp"])
    data = body["data"]
    assert list(data) == MEMBERS
    assert data | {"imageUrl": 0, "processingTimeMs": 0, "totalTimeMs": 0} == {
        "imageUrl": 0,
        "mode": "fast",
        "resolution": "1k",
        "pointsUsed": 8,
        "tier": "starter",
        "costPerOperation": 8,
        "remainingBalance": 992,
        "processingTimeMs": 0,
        "totalTimeMs": 0,
    }
    assert 0 < data["processingTimeMs"] <= data["totalTimeMs"]
    assert b'"pointsUsed":8,' in response.content
    assert b'"remainingBalance":992,' in response.content
    assert ImageOperation.objects.get().id == response.headers["X-Operation-Id"]
    assert re.fullmatch("[0-9a-f]{24}", response.headers["X-Operation-Id"])


def test_the_image_is_where_its_url_says_and_the_application_serves_it(
    keys: Keys, post: Send, get: Send
) -> None:
    url = post(CREATE, PROMPT, keys.live).json()["data"]["imageUrl"]

    picture = stored_image(url)
    assert (picture.format, picture.size) == ("PNG", (1024, 1024))
    path = url.removeprefix("http://127.0.0.1:8000")
    assert re.fullmatch(rf"/media/partners/{keys.partner.id}/generated/[0-9a-f-]{{36}}\.png", path)
    served = get(path)
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/png")
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    served.close()


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("1:1", "1k", (1024, 1024)),
        ("16:9", "1k", (1024, 576)),
        ("9:16", "1k", (576, 1024)),
        ("4:3", "1k", (1024, 768)),
        ("3:4", "1k", (768, 1024)),
        ("3:2", "1k", (1024, 683)),
        ("2:3", "1k", (683, 1024)),
        ("16:9", "2k", (2048, 1152)),
        ("3:2", "2k", (2048, 1365)),
        ("2:3", "4k", (2731, 4096)),
    ],
)
def test_the_stored_image_has_the_pixels_of_ratio_and_resolution(
    keys: Keys, post: Send, fake: FakeGemini, ratio: str, resolution: str, size: tuple[int, int]
) -> None:
    order = {**PROMPT, "aspectRatio": ratio, "resolution": resolution}

    data = post(CREATE, order, keys.live).json()["data"]

    assert data["resolution"] == resolution
    picture = stored_image(data["imageUrl"])
    assert (picture.format, picture.size) == ("PNG", size)


@pytest.mark.parametrize(
    ("tier", "mode", "cost", "left", "written"),
    [
        ("starter", "fast", 8, 92, b'"pointsUsed":8,'),
        ("starter", "thinking", 15, 85, b'"pointsUsed":15,'),
        ("growth", "fast", 7.25, 92.75, b'"pointsUsed":7.25,'),
        ("growth", "thinking", 14, 86, b'"pointsUsed":14,'),
        ("scale", "fast", 6, 94, b'"pointsUsed":6,'),
        ("scale", "thinking", 11, 89, b'"pointsUsed":11,'),
    ],
)
def test_each_tier_has_its_price(
    live_db: None,
    post: Send,
    fake: FakeGemini,
    tier: str,
    mode: str,
    cost: float,
    left: float,
    written: bytes,
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 10_000, tier)

    response = post(CREATE, {**PROMPT, "mode": mode}, keys.live)

    data = response.json()["data"]
    assert (data["tier"], data["mode"], data["costPerOperation"]) == (tier, mode, cost)
    assert (data["pointsUsed"], data["remainingBalance"]) == (cost, left)
    assert written in response.content
    assert balance_of(keys.partner) == round(left * 100)


def test_what_the_oldest_bucket_lacks_comes_from_the_next_at_the_same_price(
    live_db: None, post: Send, fake: FakeGemini
) -> None:
    keys = partner_with_keys()
    for points, tier in ((500, "starter"), (10_000, "scale")):
        bucket(keys.partner, points, tier)

    first = post(CREATE, PROMPT, keys.live).json()["data"]
    second = post(CREATE, PROMPT, keys.live).json()["data"]

    assert (first["tier"], first["pointsUsed"], first["remainingBalance"]) == ("starter", 8, 97)
    assert (second["tier"], second["pointsUsed"], second["remainingBalance"]) == ("scale", 6, 91)


def test_exactly_enough_points_are_enough(live_db: None, post: Send, fake: FakeGemini) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)

    assert post(CREATE, PROMPT, keys.live).json()["data"]["remainingBalance"] == 0
    assert post(CREATE, PROMPT, keys.live).status_code == 402


def test_a_thinking_mode_that_works_is_charged_as_such(
    keys: Keys, post: Send, fake: FakeGemini
) -> None:
    data = post(CREATE, {**PROMPT, "mode": "thinking"}, keys.live).json()["data"]

    assert list(data) == MEMBERS
    assert (data["mode"], data["pointsUsed"], data["remainingBalance"]) == ("thinking", 15, 985)
    assert len(fake.seen) == 2


@pytest.mark.parametrize("kind", ["busy_503", "error_500", "blocked_prompt:SAFETY", "broken_json"])
def test_a_thinking_mode_that_fails_becomes_a_fast_one_at_its_price(
    keys: Keys, post: Send, fake: FakeGemini, kind: str
) -> None:
    fake.text = Mood(kind)

    data = post(CREATE, {**PROMPT, "mode": "thinking"}, keys.live).json()["data"]

    assert list(data) == [*MEMBERS, "requestedMode"]
    assert (data["mode"], data["requestedMode"]) == ("fast", "thinking")
    assert (data["pointsUsed"], data["costPerOperation"], data["remainingBalance"]) == (8, 8, 992)
    assert balance_of(keys.partner) == 99_200
    assert len(stored_files()) == 2  # the picture and its thumbnail


def test_the_local_provider_draws_in_both_modes(keys: Keys, post: Send) -> None:
    for mode, cost in (("fast", 8), ("thinking", 15)):
        data = post(CREATE, {**PROMPT, "mode": mode, "aspectRatio": "16:9"}, keys.live).json()[
            "data"
        ]
        assert (data["mode"], data["pointsUsed"]) == (mode, cost)
        picture = stored_image(data["imageUrl"])
        assert picture.size == (1024, 576)
        assert len(picture.convert("RGB").resize((32, 18)).getcolors(32 * 18) or ()) > 50
