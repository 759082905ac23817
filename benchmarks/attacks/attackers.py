"""Attacks, each in a separate process, so that they do not slow down the measurement.

They come from addresses of 127.0.1.0/24, honest callers from 127.0.0.1. Rates are bounded: what a
flood of any size takes from the machine itself is not measured here.
"""

from __future__ import annotations

import io
import itertools
import json
import multiprocessing
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Event

from PIL import Image

from tests.servers import Reply, serve
from tests.slow_clients import HOST, JSON, SlowClients, half_requests, unread_requests

_CONNECTIONS = 2000
_UPLOAD_BYTES = 500_000_000
_SCANS = 400


@dataclass(frozen=True)
class Target:
    """The platform, and the live and test key of a malicious partner."""

    port: int
    live: str
    test: str


def slow_clients(target: Target, stop: Event) -> None:
    """Drip half requests of every kind, and never read responses."""
    openings = list(half_requests(target.test, "shop.localhost").values())
    openings += unread_requests("/static/css/tokens.css").values()
    openings.append(unread_requests("/login/")["unread"])  # 50 at once would be a flood of pages
    with SlowClients(target.port, openings, count=_CONNECTIONS, addresses=40, drip=b"a"):
        stop.wait()


def flood(target: Target, stop: Event) -> None:
    """Send valid requests to public pages, 200 per second."""
    paths = itertools.cycle([b"/healthz", b"/login/", b"/static/css/tokens.css"])
    _repeat(target, stop, lambda: _get(next(paths)), rate=200)


def refused_calls(target: Target, stop: Event) -> None:
    """Send unknown keys and unknown paths, 200 per second."""
    paths = itertools.cycle([b"/partner/v1/image/usage", b"/partner/v1/%s" % b"x" * 20])

    def request() -> bytes:
        key = f"{target.live[:-24]}{secrets.token_hex(12)}"
        return _get(next(paths), b"x-api-key: %s\r\n" % key.encode())

    _repeat(target, stop, request, rate=200)


def uploads(target: Target, stop: Event) -> None:
    """Upload files of 500 MB to the sign-in page, on ten connections."""
    head = (
        b"POST /login/ HTTP/1.1\r\n"
        + HOST
        + b"Cookie: csrftoken=%s\r\n" % (b"a" * 32)
        + b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' % _UPLOAD_BYTES
    )

    def upload(number: int) -> None:
        while not stop.is_set():
            with suppress(OSError), _connect(target, number) as client:
                client.sendall(head)
                while not stop.is_set():
                    client.sendall(b"u" * 65_536)
                    time.sleep(0.01)
            time.sleep(0.1)

    _run_in_threads(upload, 10)


def slow_decodes(target: Target, stop: Event) -> None:
    """Send an image that takes long to decode, in ten calls at once."""
    picture = jpeg_of_many_scans()

    def call(number: int) -> None:
        while not stop.is_set():
            # A different URL each time, so that no result can be reused.
            url = f"{host.url}/{number}-{time.monotonic()}.jpg"
            body = json.dumps({"images": [url]}).encode()
            with suppress(OSError), _connect(target, number) as client:
                client.sendall(_post(b"/partner/v1/image/enhance", target.live, body))
                client.recv(65_536)
            time.sleep(0.2)

    with serve(lambda _: Reply(body=picture, headers={"Content-Type": "image/jpeg"})) as host:
        _run_in_threads(call, 10)


Attack = Callable[[Target, Event], None]
ATTACKS: dict[str, Attack] = {
    "slow clients": slow_clients,
    "floods": flood,
    "uploads": uploads,
    "slow decodes": slow_decodes,
    "refused calls": refused_calls,
}


@contextmanager
def attacking(name: str, target: Target) -> Iterator[None]:
    """Attack during this block."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=ATTACKS[name], args=(target, stop), daemon=True)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(30)
        process.kill()


def jpeg_of_many_scans() -> bytes:
    """Return a small JPEG whose last scan is repeated: each must be decoded."""
    buffer = io.BytesIO()
    Image.effect_noise((1600, 1600), 4).save(buffer, "JPEG", progressive=True, quality=5)
    data = buffer.getvalue()
    scan = data.rindex(b"\xff\xda")
    return data[:scan] + data[scan:-2] * _SCANS + b"\xff\xd9"


def _connect(target: Target, number: int) -> socket.socket:
    source = (f"127.0.1.{number % 20 + 1}", 0)
    return socket.create_connection(("127.0.0.1", target.port), timeout=30, source_address=source)


def _get(path: bytes, headers: bytes = b"") -> bytes:
    return b"GET %s HTTP/1.1\r\n%s%sConnection: close\r\n\r\n" % (path, HOST, headers)


def _post(path: bytes, key: str, body: bytes) -> bytes:
    head = (
        b"POST %s HTTP/1.1\r\n%s%sx-api-key: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (path, HOST, JSON, key.encode(), len(body)) + body


def _repeat(target: Target, stop: Event, request: Callable[[], bytes], *, rate: int) -> None:
    crew = 10

    def send(number: int) -> None:
        while not stop.wait(crew / rate):
            with suppress(OSError), _connect(target, number) as client:
                client.sendall(request())
                while client.recv(65_536):
                    pass

    _run_in_threads(send, crew)


def _run_in_threads(work: Callable[[int], None], count: int) -> None:
    crew = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
