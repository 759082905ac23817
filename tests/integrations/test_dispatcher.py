"""Delivery from the outbox to real receivers on loopback."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from typing import Any

import pytest

from integrations.dispatcher import Dispatcher
from integrations.models import WebhookAttempt, WebhookDelivery
from integrations.services.resending import resend_delivery
from integrations.signatures.signing import signature
from tests.factories import Keys
from tests.integrations.outbox import (
    SECRET,
    add,
    all_delivered,
    endpoint_of,
    states,
)
from tests.servers import Reply, Request, serve
from tests.waiting import wait_for

OK = Reply(200, b"OK")

pytestmark = pytest.mark.usefixtures("short_waits")


def test_the_stored_bytes_are_sent_and_signed(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, f"{receiver.url}/hook?shop=1")
        [event] = add(endpoint, "s", "website.building", message='नोवा \u2028 🛍️ "\\')
        dispatcher.start()
        wait_for(all_delivered)

    [request] = receiver.requests
    row = WebhookDelivery.objects.get()
    assert (request.method, request.target) == ("POST", "/hook?shop=1")
    assert request.body == bytes(row.body)
    assert request.headers["x-shopiq-signature"] == signature(request.body, SECRET)
    assert request.headers["webhook-id"] == event
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 5
    assert request.headers["content-type"] == "application/json"


def test_without_a_secret_there_is_no_signature(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        add(endpoint_of(keys.partner, receiver.url, secret=""), "s", "a")
        dispatcher.start()
        wait_for(all_delivered)

    assert "x-shopiq-signature" not in receiver.requests[0].headers


def test_a_retry_has_the_same_id_and_body(keys: Keys, dispatcher: Dispatcher) -> None:
    responses = iter([Reply(500), Reply(302, headers={"Location": "/"}), Reply(429), OK])
    with serve(lambda request: next(responses)) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a", timestamp="2025-07-15T10:30:00.000Z")
        dispatcher.start()
        wait_for(all_delivered)

    assert len(receiver.requests) == 4
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1
    statuses = WebhookAttempt.objects.values_list("status", flat=True)
    assert list(statuses) == [500, 302, 429, 200]


def test_the_events_of_a_stream_arrive_in_order(keys: Keys, dispatcher: Dispatcher) -> None:
    names = [f"event-{number}" for number in range(8)]
    arrived: dict[str, list[str]] = defaultdict(list)
    tries: dict[str, int] = defaultdict(int)

    def receive(request: Request) -> Reply:
        payload = json.loads(request.body)
        tries[request.headers["webhook-id"]] += 1
        if tries[request.headers["webhook-id"]] < 2 and payload["event"] in names[::3]:
            return Reply(503)
        arrived[payload["shop"]].append(payload["event"])
        return OK

    with serve(receive) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        for stream in ("one", "two", "three"):
            add(endpoint, stream, *names, shop=stream)
        dispatcher.start()
        wait_for(all_delivered)

    assert arrived == {"one": names, "two": names, "three": names}


def test_a_stream_continues_after_a_failed_event(
    keys: Keys, dispatcher: Dispatcher, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = []

    def receive(request: Request) -> Reply:
        return Reply(500) if json.loads(request.body)["event"] == "a" else OK

    with serve(receive) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a", "b")
        dispatcher.start()
        wait_for(lambda: states() == {"failed", "delivered"})

    assert len(receiver.requests) == 2


def test_an_event_fails_after_the_last_retry(
    keys: Keys, dispatcher: Dispatcher, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [0.01, 0.01]
    with serve(lambda request: Reply(500)) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.start()
        wait_for(lambda: states() == {"failed"})

    assert len(receiver.requests) == 3


def test_an_event_can_be_resent_manually(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.start()
        wait_for(all_delivered)
        resend_delivery(delivery=WebhookDelivery.objects.get(), actor="user:ops")
        wait_for(lambda: len(receiver.requests) == 2 and all_delivered())

    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
