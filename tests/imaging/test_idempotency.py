"""`Idempotency-Key` on image calls: a call that is sent twice happens, and is paid, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from accounts.models import IdempotencyRecord
from billing.models import Charge, DailyUsage
from config.api.middleware import CallMiddleware
from imaging.models import ImageOperation
from imaging.sizes import Size
from tests.billing.fake_model import use_model
from tests.billing.operations import balance_of
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, ENHANCE
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood, picture
from tests.servers import Reply, serve

BODY = {"prompt": "a teal vase", "mode": "fast"}
Send = Callable[..., Any]


@pytest.fixture
def model(live_db: None, settings: Any) -> Iterator[FakeGemini]:
    with FakeGemini() as fake:
        for name, value in use_model(fake.base_url).items():
            setattr(settings, name, value)
        yield fake


@pytest.fixture
def send(keys: Keys) -> Send:
    """Sends a create under the key "create-1" of the live key, unless overridden."""

    def call(body: Any = BODY, *, path: str = CREATE, under: str = "create-1", by: str = "") -> Any:
        return Client(raise_request_exception=False).post(
            path,
            json.dumps(body),
            content_type="application/json",
            headers={"x-api-key": by or keys.live, "idempotency-key": under},
        )

    return call


def test_a_repeated_call_gets_the_bytes_of_the_first_response_and_is_charged_once(
    model: FakeGemini, keys: Keys, send: Send
) -> None:
    first, second = send(), send()

    assert first.status_code == second.status_code == 200
    assert second.content == first.content
    assert second.headers["X-Operation-Id"] == first.headers["X-Operation-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Charge.objects.count() == 1
    assert len(model.seen) == 1
    assert balance_of(keys) == 100_000 - 800


def test_another_key_is_another_call(model: FakeGemini, send: Send) -> None:
    send(under="create-1")
    send(under="order-2")

    assert Charge.objects.count() == 2


def test_the_order_of_the_members_does_not_make_another_body(model: FakeGemini, send: Send) -> None:
    first = send({"prompt": "a teal vase", "mode": "fast"})
    second = send({"mode": "fast", "prompt": "a teal vase"})

    assert second.content == first.content


def test_another_body_under_the_same_key_is_a_conflict(model: FakeGemini, send: Send) -> None:
    send()
    second = send({"prompt": "a red vase"})

    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_key_reused"
    assert Charge.objects.count() == 1


def test_a_call_refused_for_points_can_be_repeated_after_topping_up(
    model: FakeGemini, send: Send
) -> None:
    poor = partner_with_keys()
    assert send(by=poor.live).status_code == 402

    bucket(poor.partner, 800)

    assert send(by=poor.live).status_code == 200


def test_a_call_that_found_the_service_busy_can_be_repeated(
    model: FakeGemini, keys: Keys, send: Send
) -> None:
    model.image = Mood("busy_503")
    assert send().status_code == 503
    assert balance_of(keys) == 100_000

    model.image = Mood()

    assert send().status_code == 200
    assert balance_of(keys) == 100_000 - 800


def test_a_refused_body_can_be_corrected_under_the_same_key(model: FakeGemini, send: Send) -> None:
    assert send({"prompt": "x"}).status_code == 400
    assert send().status_code == 200


def test_after_a_failure_the_same_key_tries_again(
    model: FakeGemini, keys: Keys, send: Send
) -> None:
    model.image = Mood("error_500")
    assert send().status_code == 500
    model.image = Mood()

    assert send().status_code == 200
    assert balance_of(keys) == 100_000 - 800


def test_a_final_refusal_is_given_again_without_asking_the_model(
    model: FakeGemini, keys: Keys, send: Send
) -> None:
    model.image = Mood("blocked_prompt:SAFETY")
    first = send()
    model.image = Mood()
    second = send()

    assert first.status_code == second.status_code == 422
    assert second.content == first.content
    assert second.headers["X-Operation-Id"] == first.headers["X-Operation-Id"]
    assert len(model.seen) == 1
    assert balance_of(keys) == 100_000


def test_a_call_whose_response_was_lost_is_not_charged_again(
    model: FakeGemini, keys: Keys, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ConnectionError("the process died before it could answer")

    monkeypatch.setattr(CallMiddleware, "listeners", [crash])
    assert send().status_code == 500
    monkeypatch.undo()

    repeated = send()

    assert repeated.status_code == 200
    assert repeated.json()["data"]["remainingBalance"] == 992
    assert Charge.objects.count() == 1
    assert balance_of(keys) == 100_000 - 800


def test_live_and_test_keys_keep_apart(model: FakeGemini, keys: Keys, send: Send) -> None:
    live, test = send(), send(by=keys.test)

    assert "testMode" not in live.json()["data"]
    assert test.json()["data"]["testMode"] is True
    assert send().content == live.content
    assert send(by=keys.test).content == test.content


def test_partners_keep_apart(model: FakeGemini, send: Send) -> None:
    stranger = partner_with_keys()
    bucket(stranger.partner, 800)

    assert send(by=stranger.live).content != send().content
    assert Charge.objects.count() == 2


def test_create_and_enhance_keep_apart(model: FakeGemini, keys: Keys, send: Send) -> None:
    create = send(by=keys.test)
    enhance = send({"images": ["https://example.com/a.png"]}, path=ENHANCE, by=keys.test)

    assert create.status_code == enhance.status_code == 200
    assert ImageOperation.objects.count() == 2


def test_a_repeated_test_call_counts_once(live_db: None, keys: Keys, send: Send) -> None:
    first, second = send(by=keys.test), send(by=keys.test)

    assert first.status_code == 200
    assert second.content == first.content
    assert ImageOperation.objects.count() == 1
    assert DailyUsage.objects.get().succeeded == 1
    assert not Charge.objects.exists()


def test_a_repeated_enhance_is_neither_downloaded_nor_charged_again(
    model: FakeGemini, keys: Keys, send: Send
) -> None:
    png = picture(Mood(), Size(40, 30))
    with serve(lambda request: Reply(body=png, headers={"Content-Type": "image/png"})) as host:
        body = {"images": [f"{host.url}/a.png"]}
        first, second = send(body, path=ENHANCE), send(body, path=ENHANCE)
        downloads = len(host.requests)

    assert first.status_code == 200, first.content
    assert second.content == first.content
    assert downloads == 1
    assert Charge.objects.count() == 1


@pytest.mark.parametrize(("hours", "operations"), [(47, 1), (49, 2)])
def test_responses_are_kept_for_48_hours(
    model: FakeGemini, send: Send, hours: int, operations: int
) -> None:
    send()
    IdempotencyRecord.objects.update(
        created_at=F("created_at") - timedelta(hours=hours),
        lease_until=F("lease_until") - timedelta(hours=hours),
    )

    assert send().status_code == 200
    assert Charge.objects.count() == operations


def test_an_old_key_may_be_used_for_another_body(model: FakeGemini, send: Send) -> None:
    send()
    IdempotencyRecord.objects.update(
        created_at=F("created_at") - timedelta(hours=49), lease_until=Now() - timedelta(hours=1)
    )

    assert send({"prompt": "a red vase"}).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\tkey"])
def test_a_key_that_is_none_is_refused_before_anything_happens(
    model: FakeGemini, send: Send, key: str
) -> None:
    refused = send(under=key)
    assert refused.status_code == 400
    assert refused.json()["code"] == "invalid_idempotency_key"
    assert not ImageOperation.objects.exists()


def test_a_key_of_255_characters_is_one(model: FakeGemini, send: Send) -> None:
    assert send(under="x" * 255).status_code == 200
