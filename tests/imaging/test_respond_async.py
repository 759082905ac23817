"""`Prefer: respond-async`: create and enhance that are answered before their images exist."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from billing.models import Charge
from imaging.jobs import refund_cut_off_operations
from imaging.models import ImageOperation
from imaging.services import refund_expired
from tests.billing.fake_model import HeldGemini, use_model
from tests.billing.operations import run_out
from tests.deployments.deployment_fakes import payloads
from tests.envelope import is_timestamp
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.accepted_calls import ASYNC, HOOK, NOTES, state_of
from tests.imaging.calls import CREATE, ENHANCE, OPERATIONS, PROMPT, balance_of
from tests.imaging.fakes.server import Mood
from tests.imaging.image_host import respond
from tests.servers import serve
from tests.waiting import wait_for
from tests.web import WebServer


@pytest.fixture
def web(model: HeldGemini, keys: Keys, web_server: Callable[..., WebServer]) -> Iterator[WebServer]:
    """Return a server that the last tests here kill."""
    server = web_server(env={**use_model(model.base_url), "WEB_BACKGROUND_THREADS": "2"})
    yield server
    model.released.set()
    if server.process.poll() is None:
        wait_for(lambda: not Charge.objects.of_all().reserved().exists())


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
