"""POST /partner/v1/image/create: every error, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.envelope import assert_error
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT, assert_nothing_happened

Send = Callable[..., Any]

NO_PROMPT = "Prompt is required and must be at least 3 characters"
LONG_PROMPT = "Prompt must be less than 4000 characters"
RATIO = "Invalid aspect ratio. Supported: 1:1, 16:9, 9:16, 4:3, 3:4, 3:2, 2:3"
MODE = "Invalid mode. Supported: fast, thinking"
RESOLUTION = "Invalid resolution. Supported: 1k, 2k, 4k"


#: Changes of a valid body, and the words and the field of the error.
BAD_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": None}, NO_PROMPT, "prompt"),
    ({"prompt": ""}, NO_PROMPT, "prompt"),
    ({"prompt": "ab"}, NO_PROMPT, "prompt"),
    ({"prompt": "  ab  "}, NO_PROMPT, "prompt"),
    ({"prompt": " \n\t\u00a0\u2003 "}, NO_PROMPT, "prompt"),
    ({"prompt": 12345}, NO_PROMPT, "prompt"),
    ({"prompt": ["a red shoe"]}, NO_PROMPT, "prompt"),
    ({"prompt": {"text": "a red shoe"}}, NO_PROMPT, "prompt"),
    ({"prompt": True}, NO_PROMPT, "prompt"),
    ({"prompt": "x" * 4001}, LONG_PROMPT, "prompt"),
    ({"prompt": "👟" * 4001}, LONG_PROMPT, "prompt"),
    ({"aspectRatio": "5:4"}, RATIO, "aspectRatio"),
    ({"aspectRatio": ""}, RATIO, "aspectRatio"),
    ({"aspectRatio": "1:1 "}, RATIO, "aspectRatio"),
    ({"aspectRatio": 1}, RATIO, "aspectRatio"),
    ({"aspectRatio": ["1:1"]}, RATIO, "aspectRatio"),
    ({"aspectRatio": {"1:1": 1}}, RATIO, "aspectRatio"),
    ({"mode": "Fast"}, MODE, "mode"),
    ({"mode": ""}, MODE, "mode"),
    ({"mode": False}, MODE, "mode"),
    ({"resolution": "1K"}, RESOLUTION, "resolution"),
    ({"resolution": ""}, RESOLUTION, "resolution"),
    ({"resolution": 1024}, RESOLUTION, "resolution"),
    ({"resolution": "8k"}, RESOLUTION, "resolution"),
    ({"prompt": 1, "aspectRatio": 1, "mode": 1, "resolution": 1}, NO_PROMPT, "prompt"),
    ({"aspectRatio": 1, "mode": 1, "resolution": 1}, RATIO, "aspectRatio"),
    ({"mode": 1, "resolution": 1}, MODE, "mode"),
]


@pytest.mark.parametrize("environment", ["live", "test"])
def test_a_bad_field_is_named_in_the_documented_words_and_costs_nothing(
    keys: Keys, post: Send, environment: str
) -> None:
    for change, message, field in BAD_FIELDS:
        response = post(CREATE, PROMPT | change, getattr(keys, environment))
        assert assert_error(response, 400, message)["field"] == field, change

    assert_nothing_happened(keys.partner, balance=100_000)


def test_a_body_without_a_prompt_gets_the_documented_error(keys: Keys, post: Send) -> None:
    assert_error(post(CREATE, {}, keys.test), 400, NO_PROMPT)
    assert_error(post(CREATE, "", keys.test), 400, NO_PROMPT)


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "abc"},
        {"prompt": "  abc  "},
        {"prompt": "x" * 4000},
        {"prompt": "👟" * 4000},
        {"prompt": " " + "x" * 4000 + "\n"},
        {"aspectRatio": None, "mode": None, "resolution": None},
        {"unknown": {"fields": ["are", "ignored"]}, "images": 7},
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_just_within_the_limits_passes(
    keys: Keys, post: Send, change: dict[str, Any]
) -> None:
    data = post(CREATE, PROMPT | change, keys.test).json()["data"]

    assert (data["mode"], data["resolution"]) == ("fast", "1k")
    assert "/1024x1024/" in data["imageUrl"]


@pytest.mark.parametrize(
    ("points", "tier", "mode", "message"),
    [
        (300, "starter", "fast", "Required: 8 (starter tier, fast mode), Available: 3."),
        (
            1499,
            "starter",
            "thinking",
            "Required: 15 (starter tier, thinking mode), Available: 14.99.",
        ),
        (724, "growth", "fast", "Required: 7.25 (growth tier, fast mode), Available: 7.24."),
        (0, "starter", "fast", "Required: 8 (starter tier, fast mode), Available: 0."),
    ],
)
def test_too_few_points_are_a_402_that_counts_them(
    live_db: None, post: Send, points: int, tier: str, mode: str, message: str
) -> None:
    keys = partner_with_keys()
    if points:
        bucket(keys.partner, points, tier)

    response = post(CREATE, {**PROMPT, "mode": mode}, keys.live)

    error = assert_error(
        response,
        402,
        f"Insufficient points. {message.removesuffix('.')}. Please top up your account.",
    )
    numbers = re.findall(r"[0-9.]+[0-9]|[0-9]", message)
    assert [error["required"], error["available"]] == [float(each) for each in numbers]
    assert error["tier"] == tier
    assert_nothing_happened(keys.partner, balance=points)
