"""Errors that the web server raises before the application have the usual form."""

import json
import socket
from collections.abc import Callable

import pytest

from tests.factories import partner_with_keys
from tests.waiting import wait_for
from tests.web import WebServer


@pytest.fixture
def web(web_server: Callable[..., WebServer]) -> WebServer:
    return web_server()


def exchange(web: WebServer, request: bytes) -> tuple[bytes, bytes]:
    """Send raw bytes; return head and body of the response."""
    with socket.create_connection(("127.0.0.1", web.port)) as connection:
        connection.sendall(request)
        response = b""
        while chunk := connection.recv(65_536):
            response += chunk
    head, _, body = response.partition(b"\r\n\r\n")
    return head, body


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def test_malformed_http_gets_the_envelope(web: WebServer) -> None:
    for status, request in [
        (b"400", b"GET / HTTP/9.9\r\n\r\n"),
        (b"400", b"\x16\x03\x01\r\n\r\n"),
        (b"400", HEALTH + b"Content-Length: -1\r\n\r\n"),
        (b"414", b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n"),
        (b"417", HEALTH + b"Expect: tea\r\n\r\n"),
        (b"431", HEALTH + b"X: " + b"x" * 9000 + b"\r\n\r\n"),
        (b"501", HEALTH + b"Transfer-Encoding: tea\r\n\r\n"),
    ]:
        head, body = exchange(web, request)
        response = json.loads(body)
        assert head.split()[1] == status, request[:40]
        assert b"Content-Type: application/json" in head
        assert f"X-Request-Id: {response['requestId']}".encode() in head
        assert (response["success"], response["code"]) == (False, "malformed_http")
        assert set(response) == {"success", "message", "code", "requestId", "timestamp"}


def test_forged_forwarding_headers_change_nothing(web: WebServer) -> None:
    forged = (
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\nX-Forwarded-Protocol: ssl\r\n"
        b"Script_Name: /elsewhere\r\nPath_Info: /elsewhere\r\n"
    )
    head, _ = exchange(web, HEALTH + forged + b"\r\n")
    assert head.split()[1] == b"200"


def test_a_connection_is_closed_after_a_body_that_was_not_read(web: WebServer) -> None:
    request = (
        b"POST /partner/v1/image/create HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    head, _ = exchange(web, request % 2_000_000 + b"x" * 500_000)
    assert b"connection: close" in head.lower()

    _, rest = exchange(web, request % 300_000 + b"x" * 300_000 + HEALTH + b"\r\n")
    assert rest.count(b"HTTP/1.1 200 OK") == 1, "a body of this size is skipped"


def test_a_body_that_ends_early_gets_the_envelope(web: WebServer) -> None:
    request = (
        b"POST /partner/v1/image/create HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"
    )
    with socket.create_connection(("127.0.0.1", web.port)) as client:
        client.sendall(request % partner_with_keys().test.encode())
        client.shutdown(socket.SHUT_WR)
        response = b"".join(iter(lambda: client.recv(65536), b""))

    assert b"Request body could not be read" in response


def test_a_stopping_server_refuses_new_connections_immediately(
    own_server: Callable[..., WebServer],
) -> None:
    web = own_server(env={"GRACE_SECONDS": "600"})
    with socket.create_connection(("127.0.0.1", web.port)) as waiting:
        # A call in flight: its body is still on the way.
        waiting.sendall(
            b"POST /partner/v1/image/create HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"
        )
        # Connections are accepted in their order.
        web.http.request("GET", f"{web.url}/healthz", headers={"Connection": "close"})
        web.process.terminate()
        wait_for(lambda: is_refused(web.port))

        assert web.process.poll() is None


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_head_request_leaves_no_line_in_the_log(web: WebServer) -> None:
    web.http.request("HEAD", f"{web.url}/healthz")

    assert web.read_log() == ""
