"""Requests to addresses that a partner gave us: images to fetch, receivers of webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from urllib3.response import BaseHTTPResponse

from config.egress.addresses import IPAddress
from config.egress.answers import COMMON_HEADERS, Answer, read_answer, read_pieces
from config.egress.connections import (
    PlainConnection,
    TLSConnection,
    TLSContext,
    default_context,
    exchange,
)
from config.egress.deadline import Deadline, DeadlineExceeded
from config.egress.errors import (
    INVALID_URL,
    TOO_MANY_REDIRECTS,
    TOO_SLOW,
    UNREADABLE,
    EgressError,
    bad_status,
    too_large,
)
from config.egress.lookup import Resolver, resolve, resolve_by_system
from config.egress.urls import ParsedUrl, check_addresses, check_redirect, check_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def download(
    url: str,
    *,
    to: Path,
    max_bytes: int,
    deadline: Deadline,
    allow_loopback: bool = False,
    max_redirects: int = 3,
    resolve: Resolver = resolve_by_system,
    ssl_context: TLSContext | None = None,
) -> int:
    """Stream the file at `url` into `to`; returns its bytes.

    Each redirect is checked like the first URL. Raises `EgressError`, also when time is up; then
    there is no file at `to`.
    """
    door = _Session(deadline, allow_loopback, resolve, ssl_context)
    with _in_time():
        parsed = check_url(url, allow_loopback=allow_loopback)
        for _ in range(max_redirects + 1):
            with door.send("GET", parsed) as response:
                location = _location(response)
                if location is None:
                    return _save(response, to, max_bytes, deadline)
            parsed = check_redirect(parsed, location, allow_loopback=allow_loopback)
    raise EgressError(TOO_MANY_REDIRECTS)


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
    max_answer_bytes: int,
    allow_loopback: bool = False,
    resolve: Resolver = resolve_by_system,
    ssl_context: TLSContext | None = None,
) -> Answer:
    """POST `body` to a partner's receiver; a redirect is its answer and is not followed.

    Raises `EgressError`, also when time is up.
    """
    door = _Session(deadline, allow_loopback, resolve, ssl_context)
    with _in_time():
        parsed = check_url(url, allow_loopback=allow_loopback)
        with door.send("POST", parsed, body=body, headers=headers) as response:
            return read_answer(response, max_bytes=max_answer_bytes, deadline=deadline)


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        yield
    except DeadlineExceeded as error:
        raise EgressError(TOO_SLOW) from error


@dataclass(frozen=True, slots=True)
class _Session:
    """What one call's requests share: each is looked up once, checked, and sent to that very
    address on a connection of its own, so no earlier answer of a name server is trusted."""

    deadline: Deadline
    allow_loopback: bool
    resolve: Resolver
    ssl_context: TLSContext | None

    @contextmanager
    def send(
        self,
        method: str,
        url: ParsedUrl,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[BaseHTTPResponse]:
        with closing(self._connection(url)) as connection:
            with exchange(self.deadline):
                connection.request(
                    method,
                    url.target,
                    body=body,
                    headers={**(headers or {}), **COMMON_HEADERS, "Connection": "close"},
                    preload_content=False,
                    decode_content=False,
                )
                response = connection.getresponse()
            with closing(response):
                yield response

    def _connection(self, url: ParsedUrl) -> PlainConnection:
        addresses = self._addresses(url)
        if url.scheme == "https":
            context = self.ssl_context or default_context()
            connection: PlainConnection = TLSConnection(url.host, url.port, ssl_context=context)
        else:
            connection = PlainConnection(url.host, url.port)
        connection.addresses = addresses
        return connection

    def _addresses(self, url: ParsedUrl) -> list[IPAddress]:
        if url.address is not None:
            return [url.address]  # `check_url` has checked it
        addresses = resolve(url.host, deadline=self.deadline, resolve=self.resolve)
        check_addresses(url, addresses, allow_loopback=self.allow_loopback)
        return addresses


def _location(response: BaseHTTPResponse) -> str | None:
    """Where the answer redirects to; the header's bytes are UTF-8 or nothing."""
    if response.status not in _REDIRECTS or "Location" not in response.headers:
        return None
    try:
        return response.headers["Location"].encode("latin-1").decode()
    except UnicodeError as error:
        raise EgressError(INVALID_URL) from error


def _save(response: BaseHTTPResponse, to: Path, max_bytes: int, deadline: Deadline) -> int:
    _refuse_unfit(response, max_bytes)
    written = 0
    try:
        with to.open("wb") as file:
            for piece in read_pieces(response, deadline):
                written += len(piece)
                if written > max_bytes:
                    raise too_large(max_bytes)
                file.write(piece)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return written


def _refuse_unfit(response: BaseHTTPResponse, max_bytes: int) -> None:
    """What the headers alone rule out, before a byte of the body is read."""
    if response.status != 200:
        raise bad_status(response.status)
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EgressError(UNREADABLE)
    if (response.length_remaining or 0) > max_bytes:
        raise too_large(max_bytes)
