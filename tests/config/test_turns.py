"""Whose turn it is in the main loop of a web process."""

from __future__ import annotations

import itertools
import logging
import selectors
import socket
from collections.abc import Callable, Iterator

import pytest
from gunicorn.config import Config

from config.edge import waiting
from config.edge.connection import Connection
from config.edge.sockets import SlowReaders
from config.edge.worker import EdgeWorker
from tests.factories import partner_with_keys
from tests.slow_clients import HOST
from tests.waiting import wait_for
from tests.web import WebServer

HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"


class MainLoop(EdgeWorker):
    """The main loop of a process, without threads: it notes what it would give them."""

    def __init__(self) -> None:
        super().__init__(0, 0, [], None, 30, Config(), logging.getLogger("test"))
        self.poller = selectors.DefaultSelector()
        self.served: list[Connection] = []
        self.clients: list[socket.socket] = []

    def enqueue_req(self, conn: Connection) -> None:
        self.served.append(conn)

    def connect(self) -> Connection:
        client, accepted = socket.socketpair()
        self.clients.append(client)
        conn = Connection(self.cfg, accepted, "", SlowReaders(1))
        assert self.find_room(conn)
        self.wait(conn, selectors.EVENT_READ, self._receive, conn.request_deadline)
        return conn

    def turn(self) -> None:
        self.wait_for_and_dispatch_events(1.0)


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[MainLoop]:
    """A loop that gives slow clients the shortest of turns: one of them at a time."""
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.0)
    main_loop = MainLoop()
    yield main_loop
    main_loop.murder_keepalived(force=True)
    for conn in main_loop.served:
        conn.close()
    main_loop.poller.close()
    main_loop.tmp.close()
    for client in main_loop.clients:
        client.close()


def test_a_new_request_comes_before_all_that_arrive_in_pieces(loop: MainLoop) -> None:
    slow = [loop.connect() for _ in range(50)]
    for client in loop.clients:
        client.sendall(HEALTH[:10])
    loop.turn()
    for client in loop.clients:
        client.sendall(HEALTH[10:])
    new = loop.connect()
    loop.clients[-1].sendall(HEALTH)

    loop.turn()
    assert loop.served[0] is new
    assert len(loop.served) == 2
    for _ in slow[1:]:
        loop.turn()
    assert set(loop.served) == {new, *slow}


def test_clients_that_are_too_late_are_told_in_turns(loop: MainLoop) -> None:
    late = [loop.connect() for _ in range(10)]
    for client in loop.clients:
        client.sendall(HEALTH[:10])
    loop.turn()
    for conn in late:
        conn.deadline = 0.0

    loop.murder_keepalived()
    assert sum(conn.is_lingering for conn in late) == 1
    for _ in late[1:]:
        loop.turn()
        loop.murder_keepalived()
    assert all(client.recv(12) == b"HTTP/1.1 408" for client in loop.clients)


def test_pipelined_requests_are_served_as_their_responses_are_read(
    web_server: Callable[..., WebServer],
) -> None:
    web, keys = web_server(), partner_with_keys(requests_per_minute=10_000, requests_per_day=10_000)
    request = b"GET /partner/v1/me HTTP/1.1\r\n" + HOST + b"x-api-key: %s\r\n\r\n"

    polls = itertools.count()

    def served() -> int:
        """Return how many have been served besides those that ask for this number."""
        limits = web.get("/partner/v1/me", keys.test).json()["data"]["limits"]
        return int(10_000 - limits["day"]["remaining"]) - next(polls) - 1

    def is_at_rest() -> bool:
        return len({served() for _ in range(10)}) == 1

    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(120)
        client.connect(("127.0.0.1", web.port))
        client.sendall(request % keys.test.encode() * 50)
        wait_for(served)
        wait_for(is_at_rest)
        assert served() < 25

        received = b""
        while received.count(b"HTTP/1.1 200") < 50:
            received += client.recv(65_536)
