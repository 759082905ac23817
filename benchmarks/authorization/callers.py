"""Callers: a key for each variant, and the POST as a WSGI call and as bytes on a socket."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.factories import partner_with_keys

BODY = json.dumps(
    {
        "prompt": "A teal vase on an oak table, morning light",
        "aspectRatio": "16:9",
        "mode": "fast",
        "resolution": "1k",
        "note": "Leave room for a headline at the top",
    }
).encode()


@dataclass(frozen=True, slots=True)
class Target:
    """A path and the header that authorizes its call."""

    path: str
    header: tuple[str, str] = ("X-Unused", "-")

    def wsgi_call(self, application: Any, method: str = "POST") -> Callable[[], None]:
        """Return a function that calls the application like a server; it raises without a 200."""
        name = "HTTP_" + self.header[0].upper().replace("-", "_")
        fixed = {
            **(_ENVIRON if method == "GET" else _ENVIRON_WITH_BODY),
            "REQUEST_METHOD": method,
            "PATH_INFO": self.path,
            name: self.header[1],
        }

        def start_response(status: str, headers: Any) -> None:  # noqa: ARG001 - WSGI passes them
            assert status == "200 OK", status

        def call() -> None:
            response = application({**fixed, "wsgi.input": io.BytesIO(BODY)}, start_response)
            b"".join(response)
            response.close()

        return call

    def request(self, method: str = "POST") -> bytes:
        """Return the call as HTTP/1.1 on a persistent connection."""
        head = f"{method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{': '.join(self.header)}\r\n"
        if method == "GET":
            return f"{head}\r\n".encode()
        head += f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        return head.encode() + BODY


_ENVIRON = {
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "127.0.0.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
}
_ENVIRON_WITH_BODY = {
    **_ENVIRON,
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": str(len(BODY)),
}

FLOOR = Target("/benchmark/floor")
CREATE, USAGE = "/partner/v1/image/create", "/partner/v1/image/usage"


def authorized_target(**limits: int) -> Target:
    """Return the product's view, called with the test key of a new partner."""
    return Target("/partner/v1/benchmark", ("X-Api-Key", partner_with_keys(**limits).test))


def peer_target(path: str = "/benchmark/peer") -> Target:
    from rest_framework_api_key.models import APIKey  # type: ignore[import-not-found]

    _, secret = APIKey.objects.create_key(name="benchmark")
    return Target(path, ("Authorization", f"Api-Key {secret}"))


class Client:
    """A persistent connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb")

    def send(self, request: bytes) -> int:
        """Return the status of the response."""
        self._socket.sendall(request)
        status = int(self._stream.readline().split()[1])
        length = 0
        while (line := self._stream.readline()) != b"\r\n":
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        self._stream.read(length)
        return status

    def close(self) -> None:
        self._stream.close()
        self._socket.close()
