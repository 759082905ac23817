"""One attempt at receivers of all kinds."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from integrations.dispatcher import send
from integrations.models import WebhookAttempt
from integrations.services.webhooks import claim_deliveries, finish_attempts
from tests.factories import Keys
from tests.integrations.outbox import (
    add,
    endpoint_of,
    hang,
    outcome,
    states,
)
from tests.servers import Reply, canary, serve, serve_script
from tests.waiting import SOON

OK = Reply(200, b"OK")

pytestmark = pytest.mark.usefixtures("short_waits")


def send_one(keys: Keys, url: str) -> WebhookAttempt:
    """Make one attempt to deliver an event, and return it as stored."""
    add(endpoint_of(keys.partner, url), "s", "a")
    [delivery] = claim_deliveries(1)
    finish_attempts([(delivery, send(delivery))])
    return WebhookAttempt.objects.get()


def drip(connection: socket.socket) -> None:
    """Send one byte of an endless header every tenth of a second."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.1)


def hang_up(connection: socket.socket) -> None:
    connection.recv(1)


def babble(connection: socket.socket) -> None:
    connection.sendall(b"I speak no HTTP\r\n\r\n")


def test_a_redirect_is_not_followed(keys: Keys) -> None:
    with canary() as elsewhere:
        redirect = Reply(307, headers={"Location": elsewhere.url})
        with serve(lambda request: redirect) as receiver:
            attempt = send_one(keys, receiver.url)

    assert attempt.status == 307
    assert elsewhere.connections == 0
    assert states() == {"pending"}


def test_the_first_2_kb_of_a_response_are_stored(keys: Keys) -> None:
    body = b"\x00\xff" + b"x" * 5000
    with serve(lambda request: Reply(500, body)) as receiver:
        attempt = send_one(keys, receiver.url)

    assert attempt.response_body == "\ufffd\ufffd" + "x" * 2046


@pytest.mark.parametrize("script", [hang, drip])
def test_a_slow_receiver_is_cut_off_at_the_timeout(
    keys: Keys, script: Callable[[socket.socket], None], settings: Any
) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 1
    started = time.monotonic()
    with serve_script(script) as receiver:
        attempt = send_one(keys, receiver.url)

    assert 0.9 < time.monotonic() - started < SOON
    assert (attempt.status, attempt.error) == (None, "the server took too long")
    assert 900 < attempt.milliseconds < SOON * 1000


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (hang_up, "the server's response could not be read"),
        (babble, "the server's response could not be read"),
    ],
)
def test_a_receiver_without_http_is_a_failure(
    keys: Keys, script: Callable[[socket.socket], None], error: str
) -> None:
    with serve_script(script) as receiver:
        attempt = send_one(keys, receiver.url)

    assert (attempt.status, attempt.error) == (None, error)


def test_only_the_beginning_of_a_100_mb_response_is_read(keys: Keys) -> None:
    taken: list[int] = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(1600):
            taken.append(connection.send(b"y" * 65_536))

    with serve_script(flood) as receiver:
        attempt = send_one(keys, receiver.url)

    assert (attempt.status, len(attempt.response_body)) == (200, 2048)
    assert sum(taken) < 20_000_000


def test_an_unreachable_receiver_is_a_failure(keys: Keys) -> None:
    attempt = send_one(keys, "http://127.0.0.1:9/hook")

    assert (attempt.status, attempt.error) == (None, "the address could not be reached")


def test_a_loopback_address_is_rejected_again_when_connecting(keys: Keys, settings: Any) -> None:
    settings.ALLOW_LOOPBACK_URLS = False
    with canary() as receiver:
        attempt = send_one(keys, receiver.url)

    assert attempt.status is None
    assert attempt.error
    assert receiver.connections == 0


def test_the_status_decides_success() -> None:
    assert outcome(204).is_success
    assert not outcome(302).is_success
    assert not outcome(None).is_success
    assert outcome(410).is_gone
