"""Posting to a partner's receiver."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped]
import pytest

from config.egress import EgressError, Response, post
from config.egress.deadline import Deadline
from tests.config.egress_hosts import BROKEN, DRIPPING, saying
from tests.servers import Reply, canary, loopback_only, serve, serve_script
from tests.waiting import SOON


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    with loopback_only():
        yield


def _post(url: str, *, body: bytes = b"{}", seconds: float = 60, limit: int = 1000) -> Response:
    return post(
        url,
        body=body,
        headers={"Content-Type": "application/json", "x-shopiq-signature": "sha256=ab"},
        deadline=Deadline.after(seconds),
        max_response_bytes=limit,
        allow_loopback=True,
    )


def test_the_body_and_headers_arrive_as_given() -> None:
    body = '{"name":"Café ₹"}'.encode()
    with serve(lambda request: Reply(201, b"thanks", {"X-Seen": "yes"})) as server:
        response = _post(f"{server.url}/hook?shop=1", body=body)
    assert (response.status, response.body, response.truncated) == (201, b"thanks", False)
    assert response.headers["x-seen"] == "yes"
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/hook?shop=1", body)
    assert request.headers["x-shopiq-signature"] == "sha256=ab"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_returned_and_not_followed(status: int) -> None:
    with canary() as elsewhere:
        with serve(lambda request: Reply(status, headers={"Location": elsewhere.url})) as server:
            assert _post(server.url).status == status
        assert elsewhere.connections == 0


def test_an_endless_response_is_cut_off_at_the_limit() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with serve_script(saying(head, drip=b"a" * 65536, every=0)) as server:
        response = _post(server.url, limit=100)
    assert (response.status, response.body, response.truncated) == (200, b"a" * 100, True)


def test_a_response_of_exactly_the_limit_is_complete() -> None:
    with serve(lambda request: Reply(body=b"a" * 100)) as server:
        assert not _post(server.url, limit=100).truncated


@pytest.mark.parametrize("name", DRIPPING)
def test_the_deadline_ends(name: str) -> None:
    started = time.monotonic()
    with serve_script(DRIPPING[name]) as server, pytest.raises(EgressError) as caught:
        _post(server.url, seconds=0.2)
    assert caught.value.detail == "the server took too long"
    assert time.monotonic() - started < SOON


def test_a_receiver_that_reads_nothing_is_limited_by_the_deadline() -> None:
    def deaf(connection: object) -> None:
        time.sleep(2 * SOON)

    started = time.monotonic()
    with serve_script(deaf) as server, pytest.raises(EgressError) as caught:
        _post(server.url, body=bytes(20 * 2**20), seconds=0.2)
    assert caught.value.detail == "the server took too long"
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_is_an_error(name: str) -> None:
    with serve_script(BROKEN[name]) as server, pytest.raises(EgressError) as caught:
        _post(server.url)
    assert caught.value.detail == "the server's response could not be read"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_leaves_no_socket_open(name: str) -> None:
    kept: list[EgressError] = []
    with serve_script(BROKEN[name]) as server:
        for _ in range(3):
            with pytest.raises(EgressError) as caught:
                _post(server.url)
            kept.append(caught.value)
        assert _sockets_to(server.port) == 0


def _sockets_to(port: int) -> int:
    connections = psutil.Process().net_connections(kind="tcp")
    return sum(bool(one.raddr) and one.raddr.port == port for one in connections)


def test_a_receiver_on_loopback_is_rejected_unless_allowed() -> None:
    with canary() as server, pytest.raises(EgressError):
        post(
            server.url,
            body=b"",
            headers={},
            deadline=Deadline.after(1),
            max_response_bytes=1,
        )
    assert server.connections == 0
