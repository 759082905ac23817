"""GET /partner/v1/image/operations/{id}: what a call took, from where, and what came back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.services.keys import create_key, revoke_key
from imaging.models import ImageOperation
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, OPERATIONS, PROMPT
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood

Send = Callable[..., Any]

MEMBERS = [
    "operationId",
    "operation",
    "state",
    "failure",
    "mode",
    "requestedMode",
    "aspectRatio",
    "resolution",
    "imageUrls",
    "key",
    "tier",
    "price",
    "pointsRefunded",
    "pointsUsed",
    "buckets",
    "processingTimeMs",
    "createdAt",
    "settledAt",
]


def receipt_of(get: Send, key: str, response: Any) -> dict[str, Any]:
    found = get(OPERATIONS + response.headers["X-Operation-Id"], key)
    assert found.status_code == 200
    assert found.headers["X-Operation-Id"] == response.headers["X-Operation-Id"]
    data: dict[str, Any] = found.json()["data"]
    return data


def lines(receipt: dict[str, Any]) -> list[tuple[str, str, float]]:
    return [(line["tier"], line["kind"], line["points"]) for line in receipt["buckets"]]


def test_the_receipt_of_a_success_accounts_for_every_point(
    live_db: None, get: Send, post: Send, fake: FakeGemini
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 10_000, "growth")
    response = post(CREATE, {**PROMPT, "aspectRatio": "16:9"}, keys.live)

    receipt = receipt_of(get, keys.live, response)

    assert list(receipt) == MEMBERS
    assert receipt["operationId"] == response.headers["X-Operation-Id"]
    assert receipt["imageUrls"] == [response.json()["data"]["imageUrl"]]
    assert receipt["key"] == {"id": keys.key("live").id, "lastFour": keys.live[-4:]}
    assert {name: receipt[name] for name in MEMBERS[1:8] + MEMBERS[10:14]} == {
        "operation": "create",
        "state": "succeeded",
        "failure": None,
        "mode": "fast",
        "requestedMode": "fast",
        "aspectRatio": "16:9",
        "resolution": "1k",
        "tier": "starter",
        "price": 8,
        "pointsRefunded": 0,
        "pointsUsed": 8,
    }
    assert lines(receipt) == [("starter", "charge", -5), ("growth", "charge", -3)]
    assert [line["packageId"] for line in receipt["buckets"]] == ["grant", "grant"]
    assert is_timestamp(receipt["createdAt"])
    assert is_timestamp(receipt["settledAt"])
    assert receipt["processingTimeMs"] > 0


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("blocked_prompt:SAFETY", "blocked"), ("busy_503", "busy"), ("error_500", "failed")],
)
def test_the_receipt_of_a_failure_shows_that_all_came_back(
    live_db: None, get: Send, post: Send, fake: FakeGemini, kind: str, failure: str
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 10_000)
    fake.image = Mood(kind)
    response = post(CREATE, PROMPT, keys.live)

    receipt = receipt_of(get, keys.live, response)

    assert (receipt["state"], receipt["failure"]) == ("refunded", failure)
    assert (receipt["price"], receipt["pointsRefunded"], receipt["pointsUsed"]) == (8, 8, 0)
    assert receipt["imageUrls"] == []
    assert lines(receipt) == [
        ("starter", "charge", -5),
        ("starter", "charge", -3),
        ("starter", "reversal", 3),
        ("starter", "reversal", 5),
    ]


def test_a_fallen_back_thinking_call_shows_the_difference_that_came_back(
    keys: Keys, get: Send, post: Send, fake: FakeGemini
) -> None:
    fake.text = Mood("busy_503")
    response = post(CREATE, {**PROMPT, "mode": "thinking"}, keys.live)

    receipt = receipt_of(get, keys.live, response)

    assert (receipt["state"], receipt["mode"], receipt["requestedMode"]) == (
        "succeeded",
        "fast",
        "thinking",
    )
    assert (receipt["price"], receipt["pointsRefunded"], receipt["pointsUsed"]) == (15, 7, 8)
    assert lines(receipt) == [("starter", "charge", -15), ("starter", "reversal", 7)]


def test_the_receipt_of_a_test_call_has_no_points(keys: Keys, get: Send, post: Send) -> None:
    response = post(CREATE, PROMPT, keys.test)

    receipt = receipt_of(get, keys.test, response)

    assert list(receipt) == [*MEMBERS, "testMode"]
    assert (receipt["state"], receipt["tier"], receipt["testMode"]) == ("succeeded", "test", True)
    assert (receipt["price"], receipt["pointsUsed"], receipt["buckets"]) == (0, 0, [])
    assert receipt["imageUrls"] == [response.json()["data"]["imageUrl"]]


def test_any_key_of_the_same_partner_and_environment_may_look(
    keys: Keys, get: Send, post: Send
) -> None:
    response = post(CREATE, PROMPT, keys.test)
    first = keys.key("test")
    second = create_key(partner=keys.partner, environment="test", actor="t").secret
    revoke_key(key=first, actor="t")

    assert receipt_of(get, second, response)["key"]["lastFour"] == keys.test[-4:]


def test_to_all_others_an_operation_does_not_exist(keys: Keys, get: Send, post: Send) -> None:
    live, test = (
        post(CREATE, PROMPT, key).headers["X-Operation-Id"] for key in (keys.live, keys.test)
    )
    stranger = partner_with_keys()
    unknown = "0" * 24

    responses = [
        get(OPERATIONS + operation, key)
        for operation, key in [
            (unknown, stranger.live),
            (live, stranger.live),
            (test, stranger.test),
            (live, stranger.test),
            (live, keys.test),
            (test, keys.live),
        ]
    ]

    bodies = set()
    for response in responses:
        body = assert_error(response, 404, "Operation not found.")
        bodies.add(json.dumps({**body, "timestamp": "", "requestId": ""}))
        assert "X-Operation-Id" not in response.headers
    assert len(bodies) == 1
    assert ImageOperation.objects.count() == 2


@pytest.mark.parametrize(
    "name", ["x", "0" * 23, "0" * 25, "A" * 24, "%00" * 24, "..%2f" * 3, "٠" * 24, "0" * 24 + "%0a"]
)
def test_a_malformed_id_is_an_unknown_one(keys: Keys, get: Send, name: str) -> None:
    response = get(OPERATIONS + name, keys.live)

    assert response.status_code == 404
    assert response.json()["message"] in ("Operation not found.", "Not found")
