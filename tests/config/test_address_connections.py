"""An address has a limited number of connections."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from config.edge.connection import limited_address
from tests.billing.fake_model import HeldGemini, use_model
from tests.factories import Keys
from tests.raw_connections import read_all, read_until
from tests.slow_clients import HEALTH, HOST
from tests.web import WebServer


def test_an_address_has_a_number_of_connections(
    web_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    web = web_server(env={"CONNECTIONS_PER_ADDRESS": "3"})
    first, *others = [connect(web, "127.0.1.1") for _ in range(3)]
    neighbour, local = connect(web, "127.0.1.2"), [connect(web) for _ in range(5)]
    for each in (first, *others, neighbour, *local):
        each.sendall(HEALTH)

    one_more = connect(web, "127.0.1.1")
    assert first.recv(1) == b"", "the longest waiting gives way"
    for each in (*others, one_more, neighbour, *local):
        each.sendall(b"\r\n" if each is not one_more else HEALTH + b"\r\n")
        assert read_until(each, b"}").startswith(b"HTTP/1.1 200")


def test_calls_in_progress_do_not_give_way(
    keys: Keys, own_server: Callable[..., WebServer], connect: Callable[..., socket.socket]
) -> None:
    with HeldGemini() as model:
        web = own_server(env={"CONNECTIONS_PER_ADDRESS": "2", **use_model(model.base_url)})
        calls = [connect(web, "127.0.1.1") for _ in range(2)]
        body = b'{"prompt": "a red shoe"}'
        for call in calls:
            call.sendall(
                b"POST /partner/v1/image/create HTTP/1.1\r\n" + HOST + b"x-api-key: "
                b"%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (keys.live.encode(), len(body), body)
            )
            assert model.waiting.acquire()

        refused = read_all(connect(web, "127.0.1.1"))
        model.released.set()
        responses = [call.recv(20) for call in calls]

    assert refused.startswith(b"HTTP/1.1 429")
    assert b'"code":"too_many_connections"' in refused
    assert responses == [b"HTTP/1.1 200 OK\r\nDate"[:20]] * 2


@pytest.mark.parametrize(
    ("client", "counted_by"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("10.1.2.3", None),
        ("::ffff:10.1.2.3", None),
        ("192.0.2.1", None),
    ],
)
def test_connections_are_counted_by_address(client: str, counted_by: str | None) -> None:
    """Except those of trusted proxies and of the machine itself."""
    server = ("192.0.2.1", 8000)

    assert limited_address((client, 4711), server, ["10.0.0.0/8"]) == counted_by
    assert limited_address("", "/run/shopiq.sock", []) is None
