"""Small servers on loopback, and a guard that keeps tests from reaching anything else."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, cast


@dataclass(frozen=True)
class Request:
    """A request as read by the server; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """A handler's response; Content-Length is added."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} -", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + self.body


Handler = Callable[[Request], Reply]
#: Speaks on one accepted connection, after which the server closes it.
Script = Callable[[socket.socket], None]


class Server(socketserver.ThreadingTCPServer):
    """A server with a thread per connection, which counts connections when accepting."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, script: Script, *, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), socketserver.BaseRequestHandler, bind_and_activate=False)
        self.script = script
        self.tls = tls
        self.connections = 0
        self._open: set[socket.socket] = set()
        self.requests: list[Request] = []
        self.server_names: list[str | None] = []
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.server_names.append(name)
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            self.server_bind()
            self.server_activate()
        except OSError:
            self.server_close()
            raise

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        host = str(self.server_address[0])
        authority = f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls else 'http'}://{authority}:{self.port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted = super().get_request()
        self.connections += 1
        return accepted

    def finish_request(self, request: Any, client_address: Any) -> None:
        connection = cast(socket.socket, request)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        self._open.add(connection)
        with connection:
            self.script(connection)
        self._open.discard(connection)

    def hang_up(self) -> None:
        """End what still goes on, so that no client waits beyond its test."""
        for connection in self._open.copy():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about: no traceback for it."""


@contextmanager
def serve_script(
    script: Script, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Run `script` on every connection; port 0 chooses a free one."""
    server = Server(script, host=host, port=port, tls=tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        server.hang_up()
        thread.join()


@contextmanager
def serve(
    handler: Handler, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Run an HTTP/1.1 server that responds to each request with `handler`."""

    def answer_all(connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while (request := read_request(stream)) is not None:
                server.requests.append(request)
                connection.sendall(handler(request).encode())

    with serve_script(answer_all, host=host, tls=tls) as server:
        yield server


@contextmanager
def canary(*, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Run a server that only counts connections."""
    with serve_script(lambda connection: None, host=host, port=port) as server:
        yield server


def read_request(stream: Any) -> Request | None:
    """Return the next request of a connection, None if the client has closed it."""
    line = stream.readline().decode("latin-1").split()
    if not line:
        return None
    headers = {}
    while (header := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Request(line[0], line[1], headers, body)


_armed = 0


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    if not _armed:
        return
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[-1]
        if isinstance(address, tuple) and not ip_address(address[0]).is_loopback:
            raise PermissionError(f"a test must not reach {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_numeric(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, "a test must not ask a name server")


def _is_numeric(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    return text == "localhost" or set(text) <= set("0123456789abcdefxABCDEFX.:")


@contextmanager
def loopback_only() -> Iterator[None]:
    """Have Python refuse to connect to anything but loopback."""
    global _armed  # noqa: PLW0603 - one process, one arming
    _armed += 1
    try:
        yield
    finally:
        _armed -= 1


sys.addaudithook(_refuse_other_hosts)


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False
