"""Clients that send or read slowly take nothing away from others."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import urllib3

from config.edge.sockets import ROOM, ClientSocket, SlowReaders
from tests.billing.fake_model import HeldGemini, use_model
from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT
from tests.raw_connections import read_all, read_until
from tests.slow_clients import HEALTH, HOST, PATIENCE, SlowClients, half_requests, unread_requests
from tests.waiting import wait_for
from tests.web import WebServer

_PICTURE = f"partners/{'a' * 24}/generated/{'a' * 36}.png"


def memory_of(web: WebServer) -> float:
    """Return the MiB of its one worker."""
    [worker] = Path(f"/proc/{web.process.pid}/task/{web.process.pid}/children").read_text().split()
    status = Path(f"/proc/{worker}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def store_picture(web: WebServer, size: int) -> None:
    path = web.media / _PICTURE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as picture:
        picture.truncate(size)


def openings(web: WebServer, keys: Keys) -> list[bytes]:
    """Return the beginnings of slow requests of every kind, and requests for unread answers."""
    store_picture(web, 3_000_000)
    unread = [*unread_requests(f"/media/{_PICTURE}").values(), *unread_requests("/login/").values()]
    return [*half_requests(keys.test, "shop.localhost:8000").values(), *unread]


def call_for(web: WebServer, keys: Keys, seconds: float) -> None:
    """Call again and again; each call must be answered in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        health = urllib3.request("GET", f"{web.url}/healthz", timeout=PATIENCE, retries=False)
        call = urllib3.request(
            "POST",
            f"{web.url}{CREATE}",
            json=PROMPT,
            headers={"x-api-key": keys.test},
            timeout=PATIENCE,
            retries=False,
        )
        assert (health.status, call.status) in [(200, 200), (200, 429)]
        time.sleep(0.05)


def test_calls_are_served_beside_clients_that_neither_send_nor_read(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    web = own_server(threads=4)

    with SlowClients(web.port, openings(web, keys), count=200, drip=b"a") as clients:
        wait_for(clients.all_open.is_set)
        call_for(web, keys, seconds=2)


@pytest.mark.slow
def test_two_thousand_slow_clients_can_stay_for_minutes(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    web = own_server(threads=32)
    memory = memory_of(web)

    slow = openings(web, keys)
    with (
        SlowClients(web.port, slow, count=1000) as silent,
        SlowClients(web.port, slow, count=1000, drip=b"a") as dripping,
    ):
        # Each has stayed as long as it may.
        while min(silent.seen["closed"], dripping.seen["closed"]) <= 1000:
            call_for(web, keys, seconds=1)
        assert memory_of(web) - memory < 200


def test_a_slow_reader_takes_no_thread_and_gets_everything(
    own_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    web = own_server(threads=1)
    size = 50_000_000
    store_picture(web, size)
    reader = connect(web)
    reader.sendall(b"GET /media/%s HTTP/1.1\r\n%s\r\n" % (_PICTURE.encode(), HOST))
    head = reader.recv(1000)
    assert head.startswith(b"HTTP/1.1 200")

    for _ in range(5):
        assert reader.recv(1000)
        assert web.http.request("GET", f"{web.url}/healthz", timeout=PATIENCE).status == 200
    received = len(head.partition(b"\r\n\r\n")[2]) + 5000
    while received < size:
        received += len(reader.recv(65_536))
    reader.sendall(HEALTH + b"\r\n")  # the connection goes on
    assert read_until(reader, b"}").startswith(b"HTTP/1.1 200")


def test_an_incomplete_request_ends_with_408_but_a_long_call_continues(
    keys: Keys, own_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    with HeldGemini() as model, ThreadPoolExecutor(1) as caller:
        web = own_server(threads=4, env=use_model(model.base_url))
        long_call = caller.submit(web.post, CREATE, PROMPT, keys.live)
        assert model.waiting.acquire()
        half, nothing = connect(web), connect(web)
        half.sendall(HEALTH)

        response = read_all(half)
        assert response.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert b'"code":"request_timeout"' in response
        assert read_all(nothing) == b""
        model.released.set()

    assert long_call.result().status == 200


def test_unfinished_requests_take_little_memory(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    web = own_server(threads=4)
    memory = memory_of(web)
    large = b"POST /login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 999999\r\n\r\n" + b"a" * 950_000

    with SlowClients(web.port, [large], count=200) as clients:
        wait_for(lambda: clients.seen["closed"] > 100)
        call_for(web, keys, seconds=1)

        assert memory_of(web) - memory < 150


@pytest.mark.slow
def test_when_many_threads_wait_for_readers_the_one_that_stopped_is_cut_off() -> None:
    slow_readers = SlowReaders(limit=1)
    pairs = [socket.socketpair() for _ in range(2)]
    clients = [ClientSocket(pair[0], slow_readers) for pair in pairs]
    response = b"a" * 8 * ROOM

    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        for each in (*clients, *(pair[1] for pair in pairs)):
            stack.enter_context(each)
        stopped = threads.submit(clients[0].sendall, response)
        wait_for(lambda: clients[0] in slow_readers._last_progress)
        steady = threads.submit(clients[1].sendall, response)

        received = 0
        while clients[1].kept_bytes or received < len(response) - ROOM:
            if select.select([pairs[1][1]], [], [], 0.05)[0]:
                received += len(pairs[1][1].recv(65_536))
            if steady.done():  # then the main loop sends the rest
                clients[1].flush()
        assert steady.exception() is None
        assert isinstance(stopped.exception(), OSError)


def test_no_thread_waits_for_a_connection_that_was_closed() -> None:
    slow_readers = SlowReaders(limit=1)
    ours, theirs = socket.socketpair()
    client = ClientSocket(ours, slow_readers)
    with theirs, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(client.sendall, b"a" * 8 * ROOM)
        wait_for(lambda: client in slow_readers._last_progress)
        client.close()
        theirs.close()  # which wakes the thread
        assert isinstance(waiting.exception(), OSError)


def test_a_connection_serves_requests_that_come_in_pieces(
    web_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    connection = connect(web_server())
    request = HEALTH + b"\r\n"

    connection.sendall(request + request[:30])
    assert read_until(connection, b"}").startswith(b"HTTP/1.1 200")
    connection.sendall(request[30:])
    assert read_until(connection, b"}").startswith(b"HTTP/1.1 200")


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked_once(
    keys: Keys, web_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    connection = connect(web_server())
    connection.sendall(
        b"POST /partner/v1/image/create HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
        b"x-api-key: %s\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n"
        % keys.test.encode()
    )

    assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b'{"prompt": "a red shoe"}')
    assert read_until(connection, b"}").startswith(b"HTTP/1.1 200")


def test_responses_do_not_name_the_server(web_server: Callable[..., Any]) -> None:
    web = web_server()
    for path in ("/healthz", "/partner/v1/nothing", "/static/css/tokens.css"):
        assert "Server" not in web.http.request("GET", f"{web.url}{path}").headers
