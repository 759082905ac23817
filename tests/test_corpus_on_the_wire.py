"""Malformed input as raw bytes to a real web process: it sends the envelope or disconnects."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from accounts.models import RequestLog
from billing.models import Charge, LedgerEntry
from imaging.models import ImageOperation
from tests.envelope import error_in
from tests.factories import Keys
from tests.waiting import wait_for
from tests.web import WebServer

PROMPT = b'{"prompt":"a red shoe"}'
CREATE = b"POST /partner/v1/image/create HTTP/1.1\r\n"
USAGE = b"GET /partner/v1/image/usage HTTP/1.1\r\n"
HOST = b"Host: 127.0.0.1\r\n"
KEY = b"x-api-key: KEY\r\n"
JSON = b"Content-Type: application/json\r\n"
CLOSE = b"Connection: close\r\n"
END = b"\r\n"

POST = CREATE + HOST + KEY + JSON
GET = USAGE + HOST + KEY
#: What a smuggler hides behind another request: a call that would be paid for.
HIDDEN = POST + b"Content-Length: 23\r\n\r\n" + PROMPT
MEGABYTES = b" " * 10_000_000

#: name → (bytes, status of the only answer)
MALFORMED: dict[str, tuple[bytes, int]] = {
    "10 MB": (POST + b"Content-Length: 10000000\r\n" + CLOSE + END + MEGABYTES, 413),
    "10 MB on a kept connection": (POST + b"Content-Length: 10000000\r\n\r\n" + MEGABYTES, 413),
    "10 MB in chunks": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n989680\r\n" + MEGABYTES + b"\r\n0\r\n\r\n",
        413,
    ),
    "a length beyond all bounds": (
        POST + b"Content-Length: 9" + b"0" * 20 + END + END + PROMPT,
        413,
    ),
    "a body shorter than its length": (POST + b"Content-Length: 24\r\n\r\n" + PROMPT, 400),
    "a chunk size that is no number": (
        POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n" + HIDDEN,
        400,
    ),
    "a negative chunk size": (POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + HIDDEN, 400),
    "a chunk cut off": (POST + b'Transfer-Encoding: chunked\r\n\r\n17\r\n{"pro', 400),
    "length and chunks": (
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        400,
    ),
    "two lengths": (POST + b"Content-Length: 0\r\nContent-Length: 23\r\n\r\n" + HIDDEN, 400),
    "a length with a sign": (POST + b"Content-Length: +23\r\n\r\n" + PROMPT, 400),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n" + HIDDEN, 400),
    "chunked, then not": (
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
        400,
    ),
    "an unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN, 501),
    "a space before the colon": (
        POST + b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
        400,
    ),
    "a folded header": (GET + b"X-A: b\r\n c\r\n\r\n", 400),
    "a header name with a space": (GET + b"X A: b\r\n\r\n", 400),
    "a header without a colon": (GET + b"nonsense\r\n\r\n", 400),
    "a NUL in a header": (GET + b"X-A: a\x00b\r\n\r\n", 400),
    "a return in a header": (GET + b"X-A: a\rb\r\n\r\n", 400),
    "bare line feeds": (b"GET /partner/v1/image/usage HTTP/1.1\nHost: 127.0.0.1\n\n", 400),
    "two hosts": (GET + b"Host: evil.example\r\n\r\n", 400),
    "a forged host": (USAGE + KEY + b"Host: evil.example\r\n" + CLOSE + END, 400),
    "an underscore for a dash": (USAGE + HOST + b"x_api_key: KEY\r\n" + CLOSE + END, 401),
    "two keys": (GET + KEY + CLOSE + END, 401),
    "500 headers": (GET + b"".join(b"X-%d: a\r\n" % n for n in range(500)) + END, 431),
    "a header of 100 KB": (GET + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n", 431),
    "a path of 100 KB": (b"GET /partner/" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + END, 414),
    "a path without a slash": (b"GET partner/v1 HTTP/1.1\r\n" + HOST + END, 400),
    "a path in raw UTF-8": (b"GET /partner/\xc3\xa9 HTTP/1.1\r\n" + HOST + CLOSE + END, 400),
    "a NUL in the path": (b"GET /partner/\x00 HTTP/1.1\r\n" + HOST + CLOSE + END, 400),
    "a method in lower case": (b"get /partner/v1/image/usage HTTP/1.1\r\n" + HOST + END, 400),
    "a method of 200 letters": (b"A" * 200 + b" /partner/v1/x HTTP/1.1\r\n" + HOST + END, 400),
    "an unknown method": (b"FOO /partner/v1/image/usage HTTP/1.1\r\n" + HOST + KEY + END, 405),
    "TRACE": (b"TRACE /partner/v1/image/usage HTTP/1.1\r\n" + HOST + KEY + END, 405),
    "HTTP 0.9": (b"GET /partner/v1/image/usage\r\n\r\n", 400),
    "HTTP 9.9": (b"GET /partner/v1/image/usage HTTP/9.9\r\n" + HOST + END, 400),
    "HTTP 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a proxy's preamble": (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + GET + END, 400),
    "empty lines": (b"\r\n" * 5000, 400),
    "an expectation": (POST + b"Expect: a miracle\r\nContent-Length: 2\r\n\r\n{}", 417),
}

CHUNKED = POST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
#: What must still work beside all that.
SOUND = {
    "chunks": CHUNKED + b"a\r\n" + PROMPT[:10] + b"\r\nd\r\n" + PROMPT[10:] + b"\r\n0\r\n\r\n",
    "a continuation": POST + CLOSE + b"Content-Length: 23\r\nExpect: 100-continue\r\n\r\n" + PROMPT,
    "three in a row": (GET + END) * 2 + GET + CLOSE + END,
    "a foreign absolute path": b"GET http://127.0.0.1/partner/v1/image/usage HTTP/1.1\r\n"
    + (HOST + KEY + CLOSE + END),
    "forged forwarding": GET
    + b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\nX-Forwarded-Host: evil.example\r\n"
    + b"Script-Name: /partner\r\nRemote-User: admin\r\n"
    + (CLOSE + END),
}

ABRUPT = {
    "nothing": b"",
    "half a request line": b"POST /par",
    "no end of headers": POST,
    "half a body": POST + b"Content-Length: 100\r\n\r\n{",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n64\r\n{",
}


@pytest.fixture
def server(keys: Keys, web_server: Callable[..., WebServer]) -> Iterator[WebServer]:
    server = web_server(workers=1, env={"LOG_LEVEL": "DEBUG"})
    yield server
    # The line of this last call is written after those of all earlier ones.
    assert server.get("/partner/v1/image/usage", keys.live).status == 200
    wait_for(lambda: RequestLog.objects.filter(status=200, path="/partner/v1/image/usage").exists())
    printed = server.read_log()
    assert "Traceback" not in printed, printed
    assert "error" not in printed.lower(), printed
    assert not RequestLog.objects.filter(status__gte=500).exists()


def test_malformed_http_requests_get_one_response_in_the_envelope(
    keys: Keys, server: WebServer
) -> None:
    for name, (data, status) in MALFORMED.items():
        responses = answers_in(send(server.port, data.replace(b"KEY", keys.live.encode())))
        assert [response[0] for response in responses] == [status], (name, responses)
        error_in(*responses[0])

    assert LedgerEntry.objects.count() == 1
    assert not ImageOperation.objects.exists()
    assert not Charge.objects.exists()


def test_clients_that_disconnect_do_not_affect_others(keys: Keys, server: WebServer) -> None:
    hang_up_on(server, keys.live)

    for name, data in SOUND.items():
        responses = answers_in(send(server.port, data.replace(b"KEY", keys.test.encode())))
        assert {response[0] for response in responses} == {200}, (name, responses)
        assert b"evil.example" not in responses[0][2]
        assert len(responses) == (3 if name == "three in a row" else 1)
    assert not Charge.objects.exists()


def hang_up_on(server: WebServer, key: str) -> None:
    for data in ABRUPT.values():
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(data.replace(b"KEY", key.encode()))
            # Closing now resets the connection instead of ending it in order.
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def send(port: int, data: bytes) -> bytes:
    """Return all received bytes until the server disconnects."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        with suppress(OSError):  # it may hang up while we send
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                received += part
    return received


def answers_in(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Parse the HTTP responses in a byte stream: status, headers, body."""
    responses = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", first)
        assert match, first
        headers = dict(line.split(": ", 1) for line in lines)
        if match[1] == "100":
            continue
        length = int({name.lower(): value for name, value in headers.items()}["content-length"])
        responses.append((int(match[1]), headers, data[:length]))
        data = data[length:]
    return responses
