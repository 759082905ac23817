"""Who gives way when connections are many, and what must never stop a web process."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.billing.fake_model import HeldGemini, use_model
from tests.factories import Keys
from tests.slow_clients import HOST
from tests.waiting import wait_for
from tests.web import WebServer

HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
_BODY = b'{"prompt": "a red shoe"}'
#: Less than a request may take to arrive, so that giving way is told from being timed out.
SOONER = 8.0
#: What a busy machine may take to answer.
PATIENCE = 120.0


@pytest.fixture
def connect() -> Iterator[Callable[..., socket.socket]]:
    with ExitStack() as stack:

        def open_one(web: WebServer, address: str = "127.0.0.1") -> socket.socket:
            server = ("127.0.0.1", web.port)
            connection = socket.create_connection(server, PATIENCE, source_address=(address, 0))
            return stack.enter_context(connection)

        yield open_one


def call(keys: Keys) -> bytes:
    return (
        b"POST /partner/v1/image/create HTTP/1.1\r\n" + HOST + b"x-api-key: %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (keys.live.encode(), len(_BODY), _BODY)
    )


def test_the_longest_waiting_gives_way_when_a_process_is_full(
    own_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    web = own_server(threads=4, env={"GUNICORN_CMD_ARGS": "--worker-connections 20"})
    halves = [connect(web, f"127.0.1.{number}") for number in range(1, 31)]
    for half in halves:
        half.sendall(HEALTH[:-2])

    for _ in range(3):
        caller = connect(web)
        caller.sendall(HEALTH)
        assert caller.recv(12) == b"HTTP/1.1 200"
    halves[0].settimeout(SOONER)
    assert halves[0].recv(1) == b""
    halves[-1].sendall(b"\r\n")
    assert halves[-1].recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        ({"CONNECTIONS_PER_ADDRESS": "2"}, b"429"),
        ({"GUNICORN_CMD_ARGS": "--worker-connections 2"}, b"503"),
    ],
    ids=["address", "process"],
)
def test_being_refused_makes_no_room_for_the_next(
    keys: Keys,
    own_server: Callable[..., WebServer],
    connect: Callable[..., socket.socket],
    limit: dict[str, str],
    status: bytes,
) -> None:
    with HeldGemini() as model:
        web = own_server(env={**limit, **use_model(model.base_url)})
        web.http.clear()
        in_progress = []
        for _ in range(2):
            in_progress.append(connect(web, "127.0.1.1"))
            in_progress[-1].sendall(call(keys))
            assert model.waiting.acquire(timeout=PATIENCE)

        for _ in range(4):
            assert connect(web, "127.0.1.1").recv(12) == b"HTTP/1.1 " + status
        model.released.set()
        for each in in_progress:
            assert each.recv(12) == b"HTTP/1.1 200"


def test_a_client_that_leaves_between_two_requests_stops_nothing(
    own_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    web = own_server(threads=4)
    expecting = b"POST /login/ HTTP/1.1\r\n" + HOST
    expecting += b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    reset = struct.pack("ii", 1, 0)

    for _ in range(300):
        leaving = connect(web)
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        leaving.sendall(HEALTH + expecting)
        assert leaving.recv(1)
        leaving.close()

    wait_for(lambda: web.http.request("GET", f"{web.url}/healthz").status == 200)
    assert "Traceback" not in web.read_log()
