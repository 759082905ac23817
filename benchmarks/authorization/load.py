"""Load from one thread: the callers' own cost would dilute the measured ratio."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Sequence

from benchmarks.authorization.callers import Target

_HEAD_END, _LENGTH = b"\r\n\r\n", b"content-length:"


class Load:
    """A persistent connection per entry of `ports`, which sends again once it has its response."""

    def __init__(self, ports: Sequence[int], target: Target, *, method: str = "POST") -> None:
        self._ports, self._request = ports, target.request(method)

    def __call__(self, stop: threading.Event) -> int:
        """Return the number of responses until `stop`; raise for any status but 200."""
        count = 0
        with selectors.DefaultSelector() as selector:
            callers = [_Caller(port, self._request) for port in self._ports]
            for caller in callers:
                selector.register(caller.socket, selectors.EVENT_READ, caller)
                caller.send()
            while not stop.is_set():
                for key, _ in selector.select(1):
                    count += key.data.take()
            for caller in callers:
                caller.socket.close()
        return count


class _Caller:
    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._received = request, b""

    def send(self) -> None:
        self.socket.sendall(self._request)

    def take(self) -> bool:
        """Return whether the response is complete; then the next request has been sent."""
        self._received += self.socket.recv(65_536)
        if not _is_complete(self._received):
            return False
        assert self._received.startswith(b"HTTP/1.1 200"), self._received
        self._received = b""
        self.send()
        return True


def _is_complete(received: bytes) -> bool:
    head, end, body = received.partition(_HEAD_END)
    length = head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]
    return bool(end) and len(body) >= int(length)
