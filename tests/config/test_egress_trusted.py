"""Requests to services that the operator configured."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.egress import EgressError, Response, send_request
from config.egress.deadline import Deadline, DeadlineExceeded
from tests.config.egress_hosts import BROKEN, DRIPPING, saying
from tests.servers import Reply, Request, canary, loopback_only, read_request, serve, serve_script
from tests.waiting import SOON


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    with loopback_only():
        yield


def _call(
    url: str, *, seconds: float = 60, limit: int = 1000, body: bytes = b'{"a":1}'
) -> Response:
    return send_request(
        "POST",
        url,
        deadline=Deadline.after(seconds),
        headers={"Authorization": "Bearer key"},
        body=body,
        max_response_bytes=limit,
    )


def test_a_call_returns_its_response() -> None:
    with serve(lambda request: Reply(429, b"slow down", {"Retry-After": "3"})) as server:
        response = _call(f"{server.url}/v1/images")
    assert (response.status, response.body) == (429, b"slow down")
    assert response.headers["retry-after"] == "3"
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/v1/images", b'{"a":1}')
    assert request.headers["authorization"] == "Bearer key"


def test_successive_calls_share_a_connection() -> None:
    with serve(lambda request: Reply(body=b"abc")) as server:
        for _ in range(5):
            assert _call(server.url).body == b"abc"
    assert server.connections == 1


def test_a_truncated_response_does_not_affect_the_next_call() -> None:
    with serve(lambda request: Reply(body=b"a" * 200_000)) as server:
        first = _call(server.url, limit=10)
        second = _call(server.url, limit=200_000)
    assert (first.body, first.truncated) == (b"a" * 10, True)
    assert (len(second.body), second.truncated) == (200_000, False)


def test_concurrent_calls_get_their_own_responses() -> None:
    def echo(request: Request) -> Reply:
        return Reply(body=request.target.encode())

    with serve(echo) as server, ThreadPoolExecutor(16) as threads:
        urls = [f"{server.url}/{number}" for number in range(100)]
        bodies = [response.body for response in threads.map(_call, urls)]
    assert bodies == [f"/{number}".encode() for number in range(100)]


def test_the_deadline_of_a_call_does_not_affect_the_next() -> None:
    def slow_first(request: Request) -> Reply:
        time.sleep(3.2 if request.target == "/slow" else 0)
        return Reply(body=b"abc")

    with serve(slow_first) as server:
        _call(server.url, seconds=3)
        assert _call(f"{server.url}/slow").body == b"abc"
        assert server.connections == 1


@pytest.mark.parametrize("name", DRIPPING)
def test_the_deadline_ends(name: str) -> None:
    started = time.monotonic()
    with serve_script(DRIPPING[name]) as server, pytest.raises(DeadlineExceeded):
        _call(server.url, seconds=0.2)
    assert time.monotonic() - started < SOON


def test_the_deadline_limits_sending_on_a_reused_connection() -> None:
    def deaf_after_one(connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            read_request(stream)
            connection.sendall(Reply().encode())
            time.sleep(2 * SOON)

    with serve_script(deaf_after_one) as server:
        _call(server.url)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            _call(server.url, seconds=0.2, body=bytes(20 * 2**20))
        assert time.monotonic() - started < SOON
    assert server.connections == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_is_an_error_and_is_not_retried(name: str) -> None:
    with serve_script(BROKEN[name]) as server, pytest.raises(EgressError) as caught:
        _call(server.url)
    assert caught.value.detail == "the server's response could not be read"
    assert server.connections == 1


def test_a_service_that_is_down_is_an_error() -> None:
    with canary() as server:
        url = server.url
    with pytest.raises(EgressError) as caught:
        _call(url)
    assert caught.value.detail == "the address could not be reached"


def test_a_redirect_is_returned_and_not_followed() -> None:
    with canary() as elsewhere:
        with serve(lambda request: Reply(302, headers={"Location": elsewhere.url})) as server:
            assert _call(server.url).status == 302
        assert elsewhere.connections == 0


def test_a_compressed_response_is_not_decompressed() -> None:
    with serve(lambda request: Reply(body=b"raw", headers={"Content-Encoding": "gzip"})) as server:
        assert _call(server.url).body == b"raw"


def test_an_endless_response_is_cut_off_at_the_limit() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with serve_script(saying(head, drip=b"a" * 65536, every=0)) as server:
        assert _call(server.url, limit=100).truncated


def test_a_forked_process_opens_connections_of_its_own() -> None:
    with serve(lambda request: Reply(body=b"abc")) as server:
        _call(server.url)
        child = os.fork()
        if child == 0:
            os._exit(0 if _call(server.url).body == b"abc" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        _call(server.url)
    assert server.connections == 2
