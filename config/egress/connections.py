"""Connections on which all waits end by one deadline, however slowly the server responds.

A socket's own timeout restarts with each byte, so a server that sends one byte a second can hold a
thread forever, in the headers as in the body. Here each send and receive is limited by the deadline
of the thread's current exchange.
"""

from __future__ import annotations

import functools
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import SSLError as WrappedTLSError
from urllib3.response import HTTPResponse

from config.egress.addresses import IPAddress
from config.egress.deadline import Deadline
from config.egress.errors import INSECURE, UNREACHABLE, UNREADABLE, EgressError
from config.egress.heads import FinalResponse
from config.egress.lookup import resolve

_CONNECT_SECONDS = 10.0
_deadline: ContextVar[Deadline] = ContextVar("deadline of the exchange")


@contextmanager
def exchange(deadline: Deadline) -> Iterator[None]:
    """Limit this thread's traffic by `deadline`; errors become `EgressError`, or `DeadlineExceeded`
    once the time is up."""
    token = _deadline.set(deadline)
    try:
        yield
    except (ssl.SSLError, WrappedTLSError) as error:
        raise EgressError(INSECURE) from error
    except (HTTPError, HTTPException, OSError) as error:
        deadline.remaining()
        raise EgressError(UNREADABLE) from error
    finally:
        _deadline.reset(token)


class _DeadlineSocket(socket.socket):
    """A socket that sends and receives within the time that the exchange has left.

    `http.client` uses only `recv_into`, under its buffered reader, and `sendall`, under which TLS
    sockets use `send`.
    """

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_deadline.get().remaining())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_deadline.get().remaining())
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_deadline.get().remaining())
        super().sendall(*args, **kwargs)


class _DeadlineTLSSocket(_DeadlineSocket, ssl.SSLSocket):
    """The same over TLS; the handshake as a whole is limited by the timeout from `_connect`."""


class TLSContext(ssl.SSLContext):
    """TLS 1.2 or newer, host names verified; it trusts nothing until certificates are loaded."""

    sslsocket_class = _DeadlineTLSSocket

    def __new__(cls) -> TLSContext:
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.hostname_checks_common_name = False
        return context


@functools.cache
def default_context() -> TLSContext:
    """Return a shared context with the system's certificates, which take 10 ms to load."""
    context = TLSContext()
    context.load_default_certs()
    return context


class PlainConnection(HTTPConnection):
    """HTTP to the given `addresses`, else to those that the name resolves to.

    `host` remains the name, so the Host header, and over TLS the server name and the certificate,
    use it while the connection goes to the checked addresses.
    """

    addresses: Sequence[IPAddress] = ()
    response_class = FinalResponse

    def _new_conn(self) -> socket.socket:
        deadline = _deadline.get()
        addresses = self.addresses or resolve(self.host, deadline=deadline)
        return _connect(addresses, self.port, deadline)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Close the socket if a header cannot be read: the library drops such a response unclosed,
        and each would hold a file descriptor until it is collected."""
        connection = self.sock
        try:
            return super().getresponse()
        except BaseException:
            if connection is not None and (descriptor := connection.detach()) != -1:
                socket.close(descriptor)
            raise


class TLSConnection(PlainConnection, HTTPSConnection):
    """HTTPS to the given `addresses`."""


def _connect(addresses: Sequence[IPAddress], port: int, deadline: Deadline) -> socket.socket:
    """Return a socket connected to the first address that accepts."""
    failure: OSError | None = None
    for address in addresses:
        try:
            return _connect_one(address, port, deadline)
        except OSError as error:
            failure = error
            deadline.remaining()
    raise EgressError(UNREACHABLE) from failure


def _connect_one(address: IPAddress, port: int, deadline: Deadline) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connection = _DeadlineSocket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline.capped_at(_CONNECT_SECONDS).remaining())
        connection.connect((str(address), port))
        if ip_address(connection.getpeername()[0]) != address:
            raise OSError("connected to another address than the one that was checked")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(deadline.remaining())
    except BaseException:
        connection.close()
        raise
    return connection
