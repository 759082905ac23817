"""Sending the outbox to real receivers on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from integrations import dispatcher as module
from integrations.dispatcher import Dispatcher, send
from integrations.models import WebhookAttempt, WebhookDelivery
from integrations.services.webhooks import claim_deliveries, resend_delivery
from integrations.signing import signature
from tests.factories import Keys, PartnerFactory
from tests.integrations.outbox import (
    SECRET,
    add,
    endpoint_of,
    let_time_pass,
    outcome,
    wait_for,
)
from tests.servers import Reply, Request, canary, serve, serve_script

OK = Reply(200, b"OK")


@pytest.fixture
def dispatcher(live_db: None) -> Iterator[Dispatcher]:
    made = Dispatcher()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _short_waits(settings: Any) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 1
    settings.WEBHOOK_LEASE_SECONDS = 2
    settings.WEBHOOK_RETRY_SECONDS = [0.02] * 5


def states() -> set[str]:
    return set(WebhookDelivery.objects.values_list("state", flat=True))


def all_delivered() -> bool:
    return states() == {"delivered"}


def send_one(keys: Keys, url: str) -> WebhookAttempt:
    """One attempt to deliver one event, as it is kept."""
    add(endpoint_of(keys.partner, url), "s", "a")
    [delivery] = claim_deliveries(1)
    module.finish_attempts([(delivery, send(delivery))])
    return WebhookAttempt.objects.get()


def test_the_stored_bytes_are_sent_and_signed(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, f"{receiver.url}/hook?shop=1")
        [event] = add(endpoint, "s", "website.building", message='नोवा \u2028 🛍️ "\\')
        dispatcher.wake()
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
        dispatcher.wake()
        wait_for(all_delivered)

    assert "x-shopiq-signature" not in receiver.requests[0].headers


def test_a_retry_has_the_same_id_and_body(keys: Keys, dispatcher: Dispatcher) -> None:
    answers = iter([Reply(500), Reply(302, headers={"Location": "/"}), Reply(429), OK])
    with serve(lambda request: next(answers)) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a", timestamp="2025-07-15T10:30:00.000Z")
        dispatcher.wake()
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
        arrived[payload["stream"]].append(payload["event"])
        return OK

    with serve(receive) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        for stream in ("one", "two", "three"):
            add(endpoint, stream, *names, stream=stream)
        dispatcher.wake()
        wait_for(all_delivered)

    assert arrived == {"one": names, "two": names, "three": names}


def test_a_stream_goes_on_when_an_event_is_given_up(keys: Keys, dispatcher: Dispatcher) -> None:
    def receive(request: Request) -> Reply:
        return Reply(410) if json.loads(request.body)["event"] == "a" else OK

    with serve(receive) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a", "b")
        dispatcher.wake()
        wait_for(lambda: states() == {"failed", "delivered"})

    assert len(receiver.requests) == 2


def test_an_event_is_given_up_at_the_end_of_the_ladder(
    keys: Keys, dispatcher: Dispatcher, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [0.01, 0.01]
    with serve(lambda request: Reply(500)) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.wake()
        wait_for(lambda: states() == {"failed"})

    assert len(receiver.requests) == 3


def test_an_event_can_be_sent_again_by_hand(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.wake()
        wait_for(all_delivered)
        resend_delivery(delivery=WebhookDelivery.objects.get(), actor="user:ops")
        dispatcher.wake()
        wait_for(lambda: len(receiver.requests) == 2 and all_delivered())

    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_redirect_is_not_followed(keys: Keys) -> None:
    with canary() as elsewhere:
        redirect = Reply(307, headers={"Location": elsewhere.url})
        with serve(lambda request: redirect) as receiver:
            attempt = send_one(keys, receiver.url)

    assert attempt.status == 307
    assert elsewhere.connections == 0
    assert states() == {"pending"}


def test_the_first_2_kb_of_an_answer_are_kept(keys: Keys) -> None:
    body = b"\x00\xff" + b"x" * 5000
    with serve(lambda request: Reply(500, body)) as receiver:
        attempt = send_one(keys, receiver.url)

    assert attempt.answer == "\ufffd\ufffd" + "x" * 2046


def hang(connection: socket.socket) -> None:
    """Reads everything, answers nothing."""
    while connection.recv(65_536):
        pass


def drip(connection: socket.socket) -> None:
    """A byte of a header that never ends every tenth of a second."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        connection.sendall(b"a")
        time.sleep(0.1)


def flood(connection: socket.socket) -> None:
    """100 MB, as fast as they are taken."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
    for _ in range(1600):
        connection.sendall(b"y" * 65_536)


def hang_up(connection: socket.socket) -> None:
    connection.recv(1)


def babble(connection: socket.socket) -> None:
    connection.sendall(b"I speak no HTTP\r\n\r\n")


@pytest.mark.parametrize("script", [hang, drip])
def test_a_receiver_that_takes_its_time_costs_the_timeout(
    keys: Keys, script: Callable[[socket.socket], None]
) -> None:
    started = time.monotonic()
    with serve_script(script) as receiver:
        attempt = send_one(keys, receiver.url)

    assert 0.9 < time.monotonic() - started < 2
    assert (attempt.status, attempt.error) == (None, "the server took too long")
    assert 900 < attempt.milliseconds < 2000


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (hang_up, "the server's answer could not be read"),
        (babble, "the server's answer could not be read"),
    ],
)
def test_a_receiver_that_speaks_no_http_is_a_failure(
    keys: Keys, script: Callable[[socket.socket], None], error: str
) -> None:
    with serve_script(script) as receiver:
        attempt = send_one(keys, receiver.url)

    assert (attempt.status, attempt.error) == (None, error)


def test_of_an_answer_of_100_mb_no_more_than_the_beginning_is_read(keys: Keys) -> None:
    started = time.monotonic()
    with serve_script(flood) as receiver:
        attempt = send_one(keys, receiver.url)

    assert (attempt.status, len(attempt.answer)) == (200, 2048)
    assert time.monotonic() - started < 0.5


def test_nobody_at_the_address_is_a_failure(keys: Keys) -> None:
    attempt = send_one(keys, "http://127.0.0.1:9/hook")

    assert (attempt.status, attempt.error) == (None, "the address could not be reached")


def test_an_address_of_this_machine_is_refused_again_at_the_connection(
    keys: Keys, settings: Any
) -> None:
    settings.ALLOW_LOOPBACK_URLS = False
    with canary() as receiver:
        attempt = send_one(keys, receiver.url)

    assert attempt.status is None
    assert attempt.error
    assert receiver.connections == 0


def test_one_dead_receiver_does_not_delay_another_partner(
    keys: Keys, dispatcher: Dispatcher
) -> None:
    with serve_script(hang) as dead, serve(lambda request: OK) as alive:
        endpoint = endpoint_of(keys.partner, dead.url)
        for number in range(50):
            add(endpoint, f"dead{number}", "a")
        dispatcher.wake()
        wait_for(lambda: dead.connections == 8)

        other = endpoint_of(PartnerFactory.create(), alive.url)
        for number in range(20):
            add(other, f"alive{number}", "a", "b")
        started = time.monotonic()
        dispatcher.wake()
        wait_for(lambda: len(alive.requests) == 40)

        assert time.monotonic() - started < 0.9, "no timeout of the dead one was waited for"
        assert dead.connections == 8, "it takes no more than a partner's slots"


def test_a_dispatcher_that_waits_for_slots_does_not_spin(
    keys: Keys, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims: list[int] = []
    original = module.claim_deliveries
    monkeypatch.setattr(
        module, "claim_deliveries", lambda limit: claims.append(limit) or original(limit)
    )
    with serve_script(hang) as dead:
        endpoint = endpoint_of(keys.partner, dead.url)
        for number in range(30):
            add(endpoint, f"dead{number}", "a", "b")
        dispatcher.wake()
        wait_for(lambda: dead.connections == 8)
        time.sleep(0.5)

    assert len(claims) < 10


def test_an_event_is_delivered_though_its_ring_was_lost(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        dispatcher.wake()
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        wait_for(all_delivered, seconds=3)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ValueError])
@pytest.mark.parametrize("function", ["claim_deliveries", "finish_attempts", "seconds_until_next"])
def test_a_dispatcher_survives_what_fails_in_a_round(
    keys: Keys,
    dispatcher: Dispatcher,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    error: type[Exception],
) -> None:
    failures = [error("the connection is lost"), error("still")]
    original = getattr(module, function)

    def fail_twice(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return original(*arguments)

    monkeypatch.setattr(module, "_PAUSE_AFTER_ERROR", 0.01)
    monkeypatch.setattr(module, function, fail_twice)
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        for number in range(3):
            add(endpoint, f"s{number}", "a", "b")
        dispatcher.wake()
        wait_for(lambda: not failures)
        if function == "finish_attempts" and error is ValueError:
            # What the database refuses is given up; the leases run out.
            let_time_pass()
        wait_for(all_delivered)


def test_one_event_that_cannot_be_sent_does_not_hold_up_the_others(
    keys: Keys, dispatcher: Dispatcher
) -> None:
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        broken = endpoint_of(keys.partner, receiver.url)
        broken.secret = "v1.not-a-ciphertext"
        broken.save()
        [event] = add(broken, "broken", "a")
        add(endpoint, "s", "a")
        dispatcher.wake()
        wait_for(lambda: WebhookAttempt.objects.filter(delivery=event).exists())
        wait_for(lambda: "delivered" in states())

    assert WebhookAttempt.objects.filter(delivery=event).first().error == "internal error"


def test_rings_from_many_threads_are_all_heard(keys: Keys, dispatcher: Dispatcher) -> None:
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        ringers = [threading.Thread(target=dispatcher.wake) for _ in range(50)]
        add(endpoint, "s", "a")
        for ringer in ringers:
            ringer.start()
        for ringer in ringers:
            ringer.join()
        wait_for(all_delivered)

    names = [thread.name for thread in threading.enumerate()]
    assert names.count("webhooks") == 1


def test_a_dispatcher_that_stops_writes_down_what_is_under_way(keys: Keys) -> None:
    entered, leave = threading.Event(), threading.Event()

    def receive(request: Request) -> Reply:
        entered.set()
        leave.wait(5)
        return OK

    with serve(receive) as receiver:
        dispatcher = Dispatcher()
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.wake()
        entered.wait(5)
        threading.Timer(0.2, leave.set).start()
        dispatcher.stop()

    assert states() == {"delivered"}


def test_a_dispatcher_does_not_wait_for_ever_for_a_receiver_that_hangs(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.1)
    with serve_script(hang) as receiver:
        dispatcher = Dispatcher()
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.wake()
        wait_for(lambda: receiver.connections)
        started = time.monotonic()
        dispatcher.stop()

    assert time.monotonic() - started < 0.9


def test_the_shape_of_an_outcome_decides_success() -> None:
    assert outcome(204).is_success
    assert not outcome(302).is_success
    assert not outcome(None).is_success
    assert outcome(410).is_gone
