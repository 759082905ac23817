"""Malicious servers, as scripts for `tests.servers.serve_script`."""

from __future__ import annotations

import contextlib
import socket
import time
from itertools import repeat

from tests.servers import Script

_HEAD = b"HTTP/1.1 200 OK\r\n"


def saying(*pieces: bytes, drip: bytes = b"", every: float = 0.05) -> Script:
    """Read a request's head, send the chunks, then `drip` repeatedly until cut off."""

    def script(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.recv(65536)
            for piece in pieces:
                connection.sendall(piece)
            for piece in repeat(drip) if drip else ():
                connection.sendall(piece)
                time.sleep(every)

    return script


def silent(connection: socket.socket) -> None:
    """Accept, but never send anything (with TLS: never complete the handshake)."""
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


DRIPPING = {
    "silence": silent,
    "a dripping status line": saying(drip=b"H"),
    "dripping headers": saying(_HEAD, b"X-Slow: ", drip=b"a"),
    "headers without end": saying(_HEAD, drip=b"X-More: a\r\n"),
    "answers before the answer, without end": saying(drip=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a dripping body": saying(_HEAD, b"Content-Length: 100000\r\n\r\n", drip=b"a"),
    "a dripping body of unknown length": saying(_HEAD, b"\r\n", drip=b"a"),
    "dripping chunks": saying(_HEAD, b"Transfer-Encoding: chunked\r\n\r\n", drip=b"1\r\na\r\n"),
    "a dripping chunk size": saying(_HEAD, b"Transfer-Encoding: chunked\r\n\r\n", drip=b"0"),
    "dripping trailers": saying(
        _HEAD, b"Transfer-Encoding: chunked\r\n\r\n0\r\n", drip=b"X-Trailer: a\r\n"
    ),
}

BROKEN = {
    "an early close": saying(_HEAD, b"Content-Length: 1000\r\n\r\nabc"),
    "a close within a chunk": saying(_HEAD, b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    "a close before the status": saying(),
    "a chunk size that is no number": saying(_HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "two lengths": saying(_HEAD, b"Content-Length: 3, 4\r\n\r\nabc"),
    "no HTTP at all": saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "an endless header line": saying(_HEAD, b"X: " + b"a" * 70_000),
    "a head of 300 KB": saying(_HEAD, *[b"X: " + b"a" * 30_000 + b"\r\n"] * 10),
    "informational responses without end": saying(*[b"HTTP/1.1 102 -\r\n\r\n"] * 20),
}
