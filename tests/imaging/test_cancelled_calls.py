"""Calls that are cancelled while they go on."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from billing.models import Charge
from imaging.models import ImageOperation
from imaging.requests import file_names
from integrations.models import WebhookDelivery
from tests.billing.fake_model import HeldGemini, use_model
from tests.deployments.deployment_fakes import payloads
from tests.factories import Keys, partner_with_keys
from tests.imaging.accepted_calls import ASYNC, HOOK
from tests.imaging.calls import CREATE, OPERATIONS, PROMPT, balance_of
from tests.waiting import wait_for
from tests.web import WebServer


def test_a_call_that_goes_on_is_cancelled_and_keeps_nothing(
    keys: Keys, model: HeldGemini, web_server: Callable[..., WebServer]
) -> None:
    web = web_server(env=use_model(model.base_url))
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
    assert operation.is_billed
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
