"""Clients that take their time: they send half a request, drip it, or never read the answer."""

from __future__ import annotations

import resource
import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

HOST = b"Host: localhost\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST
#: A waiting caller must have a response within so many seconds, however busy the machine: sooner
#: than a reader that takes nothing is cut off.
PATIENCE = 25.0
JSON = b"Content-Type: application/json\r\n"
_CREATE = b"POST /partner/v1/image/create HTTP/1.1\r\n" + HOST + JSON


def half_requests(key: str, shop_host: str) -> dict[str, bytes]:
    """Return the beginning of a request of every kind."""
    with_key = b"x-api-key: " + key.encode() + b"\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nlogin=a"
    shop = b"Host: " + shop_host.encode() + b"\r\n"
    return {
        "nothing": b"",
        "head": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Long: ",
        "form": b"POST /login/ HTTP/1.1\r\n" + HOST + form,
        "file": b"POST /login/ HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data; "
        b"boundary=x\r\nContent-Length: 900000\r\n\r\n--x",
        "call": _CREATE + b'Content-Length: 200\r\n\r\n{"prompt": "',
        "call with key": _CREATE + with_key + b'Content-Length: 200\r\n\r\n{"prompt": "',
        "large call": _CREATE + b'Content-Length: 250000\r\n\r\n{"prompt": "' + b"a" * 200_000,
        "chunks": _CREATE + with_key + b'Transfer-Encoding: chunked\r\n\r\n64\r\n{"prompt": "',
        "chunks without a head": _CREATE + b"Transfer-Encoding: chunked\r\n\r\n6",
        "shop": b"GET / HTTP/1.1\r\n" + shop + b"X-Long: ",
        "body for a shop": b"POST / HTTP/1.1\r\n" + shop + b"Content-Length: 90\r\n\r\n{",
    }


def unread_requests(path: str) -> dict[str, bytes]:
    """Return requests whose answers are not going to be read."""
    request = b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    return {"unread": request, "many unread": request * 50}


class SlowClients:
    """Keeps `count` connections busy in a thread of its own; opens new ones for closed ones.

    Each sends one of `openings`, then `drip` every second, and reads nothing. They come from as
    many addresses of this machine as are named.
    """

    def __init__(
        self,
        port: int,
        openings: Sequence[bytes],
        *,
        count: int,
        addresses: int = 20,
        drip: bytes = b"",
    ) -> None:
        self._port = port
        self._openings = openings
        self._count = count
        self._addresses = [f"127.0.1.{number + 1}" for number in range(addresses)]
        self._drip = drip
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self._unsent: dict[int, memoryview] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        #: Connections opened, and closed by the server.
        self.seen: Counter[str] = Counter()
        self.all_open = threading.Event()

    def __enter__(self) -> SlowClients:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for each in list(self._open):
            self._close(each)
        self._poll.close()

    def _run(self) -> None:
        next_drip = time.monotonic() + 1
        while not self._stop.is_set():
            for _ in range(min(100, self._count - len(self._open))):
                self._start()
            for number, events in self._poll.poll(0.02):
                self._continue(number, events)
            if self._drip and time.monotonic() > next_drip:
                next_drip = time.monotonic() + 1
                for number in set(self._open) - set(self._unsent):
                    with suppress(OSError):
                        self._open[number].send(self._drip)
            if len(self._open) >= self._count:
                self.all_open.set()

    def _start(self) -> None:
        count = self.seen["opened"]
        client = socket.socket()
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.bind((self._addresses[count % len(self._addresses)], 0))
        client.connect_ex(("127.0.0.1", self._port))
        self.seen["opened"] += 1
        self._open[client.fileno()] = client
        self._unsent[client.fileno()] = memoryview(self._openings[count % len(self._openings)])
        self._poll.register(client, select.EPOLLOUT | select.EPOLLRDHUP)

    def _continue(self, number: int, events: int) -> None:
        """Send the rest of the opening, then wait for nothing but the end."""
        if events & ~select.EPOLLOUT:
            self.seen["closed"] += 1
            self._close(number)
            return
        with suppress(OSError):
            sent = self._open[number].send(self._unsent[number])
            self._unsent[number] = self._unsent[number][sent:]
        if not self._unsent[number]:
            del self._unsent[number]
            self._poll.modify(number, select.EPOLLRDHUP)

    def _close(self, number: int) -> None:
        self._unsent.pop(number, None)
        self._open.pop(number).close()
