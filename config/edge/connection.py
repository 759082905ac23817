"""One client's connection: what has arrived of its request, and where it comes from."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn

from config.edge.framing import Frame
from config.edge.sockets import ClientSocket, SlowReaders

#: Seconds for a request to arrive, and one more for every so many bytes that did.
REQUEST_SECONDS, BYTES_PER_SECOND = 10.0, 16 * 1024


class Connection(TConn):
    """A connection of gunicorn whose requests are collected before they are parsed."""

    def __init__(
        self, cfg: Any, accepted: socket.socket, client: Any, slow_readers: SlowReaders
    ) -> None:
        server = accepted.getsockname()
        super().__init__(cfg, ClientSocket(accepted, slow_readers), client, server)
        self.initialized = self.data_ready = True  # the parser is made by `take_request`
        #: Whether it waits for another request after its response.
        self.is_kept = False
        #: What it is counted by, see `limited_address`.
        self.address: str | None = None
        #: Whether its last response has been sent, and what still comes is thrown away.
        self.is_lingering = False
        #: Bytes thrown away.
        self.discarded = 0
        #: Bytes of memory that it is charged with.
        self.charged = 0
        self.deadline = 0.0
        self.expect_request(b"")

    def expect_request(self, received: bytes) -> None:
        """Begin a new request with what arrived after the previous one."""
        self.received = bytearray(received)
        self.frame = Frame()
        self.has_ended = self._is_read_beyond = False
        self._began = time.monotonic()

    def receive(self) -> bool:
        """Read what is there; return False at the end of the stream."""
        data = self.sock.recv(65_536)
        if not self.received:
            self._began = time.monotonic()
        self.received += data
        self.has_ended = not data
        return bool(data)

    @property
    def is_slow(self) -> bool:
        """Whether it has had its turn before: others go first."""
        return bool(self.received) or self.is_lingering or self.sock.has_unsent

    @property
    def is_complete(self) -> bool:
        """Whether a thread can serve the request without waiting for more of it."""
        return self.has_ended or self.frame.is_complete(self.received)

    @property
    def request_deadline(self) -> float:
        return self._began + REQUEST_SECONDS + len(self.received) / BYTES_PER_SECOND

    def take_request(self) -> None:
        """Let the parser read what has arrived, and nothing else."""
        data, self.received = bytes(self.received), bytearray()
        self.parser = RequestParser(self.cfg, self._note_end(data), self.client)

    def _note_end(self, data: bytes) -> Iterator[bytes]:
        yield data
        self._is_read_beyond = True

    def finish_request(self) -> bool:
        """Skip what was not read of the body; return whether another request can follow.

        It can't when the parser wanted more than had arrived: where the next begins is unknown.
        """
        try:
            return bool(self.parser.finish_body()) and not self._is_read_beyond
        except (OSError, ParseException):  # a malformed chunk
            return False

    def take_rest(self) -> bytes:
        """Return what arrived after the request."""
        return bytes(self.parser.unreader.take_buffered())


def limited_address(client: Any, server: Any, trusted: Sequence[str]) -> str | None:
    """Return what connections are counted by: an IPv4 address or an IPv6 network of 64 bits.

    None for trusted proxies, which bring many clients, for this machine and for Unix sockets.
    """
    if not isinstance(client, tuple) or client[0] == server[0]:
        return None
    address = ip_address(client[0].partition("%")[0])
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if any(address in ip_network(network, strict=False) for network in trusted):
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)
