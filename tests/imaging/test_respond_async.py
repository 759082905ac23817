"""`Prefer: respond-async`: create and enhance that are answered before their images exist."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Charge
from imaging.jobs import refund_cut_off_operations
from imaging.models import ImageOperation
from imaging.requests import file_names
from imaging.services import announce_slow_tests, refund_expired
from imaging.services.announcements import announce_end
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import (
    add_endpoint,
    remove_default_endpoint,
    set_default_endpoint,
)
from tests.billing.fake_model import HeldGemini, use_model
from tests.billing.operations import run_out
from tests.deployments.deployment_fakes import RECEIVER
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, ENHANCE, OPERATIONS, PROMPT, balance_of
from tests.imaging.fakes.server import Mood
from tests.imaging.image_host import respond
from tests.servers import serve
from tests.waiting import wait_for
from tests.web import WebServer

Send = Callable[..., Any]
ASYNC = {"prefer": "respond-async"}
NOTES = {"externalId": "order-7", "metadata": {"shop": "Kolkata"}}
HOOK = {"webhookUrl": RECEIVER, "webhookSecret": "whsec_" + "a" * 32}


@pytest.fixture(scope="module")
def shared_model() -> Iterator[HeldGemini]:
    with HeldGemini() as fake:
        yield fake


@pytest.fixture
def model(shared_model: HeldGemini) -> HeldGemini:
    shared_model.hold()
    shared_model.image = Mood()
    return shared_model


@pytest.fixture
def web(model: HeldGemini, keys: Keys, web_server: Callable[..., WebServer]) -> Iterator[WebServer]:
    """Return a server that the last tests here kill."""
    server = web_server(env={**use_model(model.base_url), "WEB_BACKGROUND_THREADS": "2"})
    yield server
    model.released.set()
    if server.process.poll() is None:
        wait_for(lambda: not Charge.objects.of_all().reserved().exists())


def payloads() -> list[dict[str, Any]]:
    rows = WebhookDelivery.objects.order_by("created_at").values_list("body", flat=True)
    return [json.loads(bytes(body)) for body in rows]


def state_of(operation_id: str) -> str:
    return Charge.objects.get(pk=operation_id).state


def test_a_call_is_accepted_goes_on_and_is_found_by_its_url_and_its_event(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    response = web.post(CREATE, {**PROMPT, **NOTES, **HOOK}, keys.live, **ASYNC)

    assert response.status == 202
    body = response.json()
    data = body["data"]
    path = OPERATIONS + data["operationId"]
    assert (body["success"], body["message"], is_timestamp(body["timestamp"])) == (
        *(True, "Accepted"),
        True,
    )
    assert response.headers["Location"] == data["operationUrl"]
    assert data["operationUrl"].endswith(path)
    assert response.headers["X-Operation-Id"] == data["operationId"]
    assert response.headers["Preference-Applied"] == "respond-async"
    assert (data["state"], data["price"], data["imageUrls"]) == ("reserved", 8, [])
    assert NOTES.items() <= data.items()
    assert balance_of_points(keys) == 99_200
    assert not payloads()

    model.released.set()
    wait_for(lambda: state_of(data["operationId"]) == "succeeded")

    receipt = web.get(path, keys.live).json()["data"]
    assert (receipt["state"], receipt["pointsUsed"]) == ("succeeded", 8)
    [event] = payloads()
    assert is_timestamp(event.pop("timestamp"))
    assert event == {
        "event": "image.succeeded",
        "operationId": data["operationId"],
        "operation": "create",
        "mode": "fast",
        "resolution": "1k",
        "aspectRatio": "1:1",
        "imageUrl": receipt["imageUrls"][0],
        "pointsUsed": 8,
        "tier": "starter",
        **NOTES,
    }
    assert web.http.request("GET", receipt["imageUrls"][0]).status == 200


def balance_of_points(keys: Keys) -> int:
    return sum(row.remaining for row in keys.partner.buckets.all())


@pytest.mark.parametrize(
    ("kind", "failure", "code"),
    [
        ("busy_503", "busy", "service_unavailable"),
        ("error_500", "failed", "generation_failed"),
        ("blocked_prompt:SAFETY", "blocked", "blocked_by_safety_filters"),
    ],
)
def test_a_failure_gives_the_points_back_and_says_what_the_call_would_have_said(
    keys: Keys, web: WebServer, model: HeldGemini, kind: str, failure: str, code: str
) -> None:
    model.released.set()
    model.image = Mood(kind)
    refused = web.post(CREATE, PROMPT, keys.live).json()

    operation_id = web.post(CREATE, {**PROMPT, **HOOK}, keys.live, **ASYNC).json()["data"][
        "operationId"
    ]
    wait_for(lambda: state_of(operation_id) == "refunded")

    receipt = web.get(OPERATIONS + operation_id, keys.live).json()["data"]
    assert (receipt["state"], receipt["failure"]) == ("refunded", failure)
    assert receipt["error"] == {"code": code, "message": refused["message"]}
    [event] = payloads()
    assert (event["event"], event["error"]) == ("image.failed", receipt["error"])
    assert event["pointsUsed"] == 0
    assert balance_of(keys.partner) == 100_000


def test_an_image_that_cannot_be_downloaded_is_named_and_refunded(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    model.released.set()
    with serve(respond) as host:
        urls = [f"{host.url}/photo.jpg", f"{host.url}/nothing"]
        response = web.post(ENHANCE, {"images": urls, **HOOK}, keys.live, **ASYNC)
        operation_id = response.json()["data"]["operationId"]
        wait_for(lambda: state_of(operation_id) == "refunded")

    error = web.get(OPERATIONS + operation_id, keys.live).json()["data"]["error"]
    assert (error["code"], error["field"]) == ("download_failed", "images.1")
    assert error["message"].startswith("Failed to download image: ")
    assert payloads()[0]["error"] == error
    assert balance_of(keys.partner) == 100_000


def test_what_keeps_a_call_from_starting_is_refused_at_once(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    poor = partner_with_keys()
    bucket(poor.partner, 100)

    assert web.post(CREATE, PROMPT, poor.live, **ASYNC).status == 402
    bad = web.post(CREATE, {**PROMPT, "webhookUrl": "ftp://x"}, keys.live, **ASYNC)
    assert bad.status == 400
    assert bad.json()["message"] == "webhookUrl must be a public https URL"
    assert web.post(CREATE, {"prompt": "x"}, keys.live, **ASYNC).status == 400


def test_no_call_is_accepted_that_would_have_to_wait_for_a_thread(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    accepted = [web.post(CREATE, PROMPT, keys.live, **ASYNC) for _ in range(2)]

    refused = web.post(CREATE, PROMPT, keys.live, **ASYNC)

    assert [each.status for each in accepted] == [202, 202]
    assert (refused.status, refused.json()["code"]) == (503, "service_unavailable")
    assert refused.headers["Retry-After"]
    assert ImageOperation.objects.count() == 2
    model.released.set()
    wait_for(lambda: not Charge.objects.of_all().reserved().exists())
    assert web.post(CREATE, PROMPT, keys.live, **ASYNC).status == 202


def test_the_same_idempotency_key_starts_one_call(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    first, second = [
        web.post(CREATE, PROMPT, keys.live, **ASYNC, **{"idempotency-key": "once"})
        for _ in range(2)
    ]

    assert (first.status, second.status) == (202, 202)
    assert first.data == second.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert ImageOperation.objects.count() == 1


def test_the_process_finishes_what_it_accepted_before_it_ends(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    operation_id = web.post(CREATE, PROMPT, keys.live, **ASYNC).json()["data"]["operationId"]
    model.waiting.acquire()

    web.process.send_signal(signal.SIGTERM)
    model.released.set()
    web.process.wait()

    assert state_of(operation_id) == "succeeded"


@pytest.mark.parametrize("end", ["lease", "instance"])
def test_a_call_whose_process_died_is_refunded_with_its_event(
    keys: Keys, web: WebServer, model: HeldGemini, end: str
) -> None:
    response = web.post(CREATE, {**PROMPT, **HOOK}, keys.live, **ASYNC)
    operation_id = response.json()["data"]["operationId"]

    web.stop(signal.SIGKILL)
    if end == "lease":
        run_out([operation_id])
        assert refund_expired() == 1
    else:
        holder = Charge.objects.get(pk=operation_id).holder
        refund_cut_off_operations(None, instance=holder)
    assert refund_expired() == 0

    [event] = payloads()
    assert (event["event"], event["operationId"]) == ("image.failed", operation_id)
    assert event["error"]["code"] == "service_unavailable"
    assert balance_of(keys.partner) == 100_000


def test_a_call_that_goes_on_is_cancelled_and_keeps_nothing(
    keys: Keys, web: WebServer, model: HeldGemini
) -> None:
    data = web.post(CREATE, {**PROMPT, **HOOK}, keys.live, **ASYNC).json()["data"]
    path = OPERATIONS + data["operationId"]
    model.waiting.acquire()

    stranger = web.post(f"{path}/cancel", {}, partner_with_keys().live)
    cancelled = [web.post(f"{path}/cancel", {}, keys.live) for _ in range(2)]
    model.released.set()
    web.process.send_signal(signal.SIGTERM)
    web.process.wait()

    assert (stranger.status, stranger.json()["code"]) == (404, "operation_not_found")
    for response in cancelled:
        receipt = response.json()["data"]
        assert response.status == 200
        assert (receipt["state"], receipt["failure"], receipt["pointsUsed"]) == (
            *("refunded", "cancelled"),
            0,
        )
    [event] = payloads()
    assert (event["event"], event["error"]["code"]) == ("image.failed", "operation_cancelled")
    operation = ImageOperation.objects.get()
    assert (operation.failure, operation.image_urls) == ("cancelled", [])
    names = file_names(operation.partner_id, "create", operation.file_token, 1)
    assert not (web.media / names[0]).exists()
    assert balance_of(keys.partner) == 100_000


def test_a_caller_that_waits_hears_of_the_cancellation(
    keys: Keys, model: HeldGemini, web_server: Callable[..., WebServer]
) -> None:
    web = web_server(env=use_model(model.base_url))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(web.post, CREATE, PROMPT, keys.live)
        model.waiting.acquire()
        operation = ImageOperation.objects.get()
        cancelled = web.post(f"{OPERATIONS}{operation.pk}/cancel", {}, keys.live)
        model.released.set()
        response = waiting.result()

    assert cancelled.status == 200
    assert (response.status, response.json()["code"]) == (409, "operation_cancelled")
    assert response.json()["message"] == "The call was cancelled."
    assert balance_of(keys.partner) == 100_000


def test_a_call_and_its_cancellation_at_the_same_moment_end_it_once(
    keys: Keys, model: HeldGemini, web_server: Callable[..., WebServer]
) -> None:
    model.released.set()
    # A cancelled call keeps its thread until the model has responded.
    web = web_server(env={**use_model(model.base_url), "WEB_BACKGROUND_THREADS": "12"})
    for _ in range(12):
        response = web.post(CREATE, {**PROMPT, **HOOK}, keys.live, **ASYNC)
        path = OPERATIONS + response.json()["data"]["operationId"]
        cancelled = web.post(f"{path}/cancel", {}, keys.live)
        wait_for(lambda: not Charge.objects.of_all().reserved().exists())
        receipt = web.get(path, keys.live).json()["data"]
        if cancelled.status == 200:
            assert (receipt["state"], receipt["imageUrls"]) == ("refunded", [])
        else:
            assert cancelled.json()["code"] == "operation_ended"
            assert (receipt["state"], len(receipt["imageUrls"])) == ("succeeded", 1)
    kept = ImageOperation.objects.filter(failure="").count()
    assert balance_of(keys.partner) == 100_000 - 800 * kept
    assert WebhookDelivery.objects.count() == 12


def test_a_slow_test_call_is_accepted_at_once_and_ends_later(
    keys: Keys, get: Send, post: Send
) -> None:
    slow = {**ASYNC, "X-ShopIQ-Simulate": "slow"}
    first, second = [
        post(CREATE, {**PROMPT, **HOOK}, keys.test, **slow).json()["data"] for _ in range(2)
    ]
    assert (first["state"], first["imageUrls"], first["settledAt"]) == ("reserved", [], None)
    announce_slow_tests()
    assert not payloads()

    paths = [OPERATIONS + each["operationId"] for each in (first, second)]
    assert post(f"{paths[1]}/cancel", {}, keys.test).json()["data"]["failure"] == "cancelled"
    ended_at = timezone.now() - timedelta(hours=1)
    mine = ImageOperation.objects.filter(pk=first["operationId"])
    for too_late, events in ((timedelta(), 1), (timedelta(minutes=30), 2)):
        mine.update(test_ends_at=ended_at + too_late)
        announce_slow_tests()
        announce_slow_tests()
        assert len(payloads()) == events

    listed = get(f"{OPERATIONS}?state=succeeded", keys.test).json()["data"]
    assert [each["operationId"] for each in listed] == [first["operationId"]]
    assert len(listed[0]["imageUrls"]) == 1
    ended = {each["operationId"]: each["event"] for each in payloads()}
    assert ended == {
        first["operationId"]: "image.succeeded",
        second["operationId"]: "image.failed",
    }
    assert_error(post(f"{paths[0]}/cancel", {}, keys.test), 409, "This operation has ended.")


def test_a_test_key_gets_its_placeholder_and_its_event_at_once(keys: Keys, post: Send) -> None:
    response = post(CREATE, {**PROMPT, **HOOK, **NOTES}, keys.test, **ASYNC)

    data = response.json()["data"]
    assert response.status_code == 202
    assert (data["state"], data["testMode"], data["price"]) == ("succeeded", True, 0)
    [event] = payloads()
    assert (event["event"], event["testMode"]) == ("image.succeeded", True)
    assert event["imageUrl"] == data["imageUrls"][0]


def test_calls_with_one_receiver_share_its_endpoint(keys: Keys, post: Send) -> None:
    other = {**HOOK, "webhookSecret": "another"}
    for hook in (HOOK, HOOK, other, HOOK, {"webhookUrl": RECEIVER}):
        post(CREATE, {**PROMPT, **hook}, keys.test, **ASYNC)

    assert WebhookEndpoint.objects.count() == 3
    assert WebhookDelivery.objects.count() == 5


def test_a_receiver_is_found_among_the_newest_fifty(keys: Keys, post: Send) -> None:
    for newer in (0, 49, 1):
        for number in range(newer):
            add_endpoint(partner_id=keys.partner.pk, url=f"https://h{number}.test/", secret="")
        post(CREATE, {**PROMPT, **HOOK}, keys.test, **ASYNC)

    assert WebhookEndpoint.objects.filter(url=HOOK["webhookUrl"]).count() == 2


def test_without_a_receiver_the_default_webhook_gets_the_event(keys: Keys, post: Send) -> None:
    def call(**headers: str) -> int:
        assert post(CREATE, PROMPT, keys.test, **headers).status_code in (200, 202)
        return WebhookDelivery.objects.count()

    def take(*names: str) -> WebhookEndpoint:
        return set_default_endpoint(
            partner_id=keys.partner.id, url=RECEIVER, secret="", event_types=names, actor="a"
        )

    assert call(**ASYNC) == 0
    take("website.created", "image.failed")
    assert call(**ASYNC) == 0
    default = take("website.created", "image.succeeded")
    assert (call(), call(**ASYNC)) == (0, 1)
    assert WebhookDelivery.objects.get().endpoint == default
    operation = ImageOperation.objects.latest("created_at")
    WebhookDelivery.objects.all().delete()
    remove_default_endpoint(partner_id=keys.partner.id, actor="a")
    announce_end(partner_id=keys.partner.id, operation_id=operation.id)
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("prefer", ["", "wait=10", "respond-asynchronously", 'x="respond-async"'])
def test_other_preferences_change_nothing(keys: Keys, post: Send, prefer: str) -> None:
    response = post(CREATE, {**PROMPT, "webhookUrl": 5}, keys.test, prefer=prefer)

    assert response.status_code == 200
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "prefer", ["Respond-Async", "wait=10, respond-async", "respond-async; x=1"]
)
def test_the_preference_is_read_as_http_writes_it(keys: Keys, post: Send, prefer: str) -> None:
    assert post(CREATE, PROMPT, keys.test, prefer=prefer).status_code == 202


def test_the_hooks_url_is_checked_as_that_of_a_shop(keys: Keys, post: Send) -> None:
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "nonsense", "ftp://example.com"):
        response = post(CREATE, {**PROMPT, "webhookUrl": url}, keys.live, **ASYNC)
        error = assert_error(response, 400, "webhookUrl must be a public https URL")
        assert error["field"] == "webhookUrl"
    assert not ImageOperation.objects.exists()
