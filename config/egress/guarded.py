"""Requests to URLs of partners: images to download, receivers of webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from urllib3.response import BaseHTTPResponse

from config.egress.addresses import IPAddress
from config.egress.codings import decoded
from config.egress.connections import (
    PlainConnection,
    TLSConnection,
    TLSContext,
    default_context,
    exchange,
)
from config.egress.deadline import Deadline, DeadlineExceeded
from config.egress.errors import (
    TOO_MANY_REDIRECTS,
    TOO_SLOW,
    EgressError,
    bad_status,
    too_large,
)
from config.egress.lookup import Resolver, resolve, resolve_by_system
from config.egress.responses import COMMON_HEADERS, Response, read_chunks, read_response
from config.egress.urls import ParsedUrl, check_addresses, check_redirect, check_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Some firewalls refuse requests without the header; some servers choose the format by it.
_WANTS_IMAGE = {"Accept": "image/*,*/*;q=0.8"}


#: ASCII, so that only other bytes are escaped; controls are refused later.
_PRINTABLE = bytes(range(128))


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
    """Stream the file at `url` into `to` and return its size in bytes.

    Each redirect is checked like the first URL. Raises `EgressError`, also at the deadline; then
    there is no file at `to`.
    """
    door = _Session(deadline, allow_loopback, resolve, ssl_context)
    with _in_time():
        parsed = check_url(url, allow_loopback=allow_loopback)
        for _ in range(max_redirects + 1):
            with door.send("GET", parsed, headers=_WANTS_IMAGE) as response:
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
    max_response_bytes: int,
    allow_loopback: bool = False,
    resolve: Resolver = resolve_by_system,
    ssl_context: TLSContext | None = None,
) -> Response:
    """POST `body` to a partner's receiver; redirects are returned rather than followed.

    Raises `EgressError`, also at the deadline.
    """
    door = _Session(deadline, allow_loopback, resolve, ssl_context)
    with _in_time():
        parsed = check_url(url, allow_loopback=allow_loopback)
        with door.send("POST", parsed, body=body, headers=headers) as response:
            return read_response(response, max_bytes=max_response_bytes, deadline=deadline)


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        yield
    except DeadlineExceeded as error:
        raise EgressError(TOO_SLOW) from error


@dataclass(frozen=True, slots=True)
class _Session:
    """The requests of one call. Each host is resolved once per request and checked, and the
    connection goes to exactly those addresses, so a changing DNS record cannot evade the check."""

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
                    headers={**COMMON_HEADERS, **(headers or {}), "Connection": "close"},
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
            return [url.address]  # already checked by `check_url`
        addresses = resolve(url.host, deadline=self.deadline, resolve=self.resolve)
        check_addresses(url, addresses, allow_loopback=self.allow_loopback)
        return addresses


def _location(response: BaseHTTPResponse) -> str | None:
    """Return the target of a redirect, None if it is none."""
    if response.status not in _REDIRECTS or "Location" not in response.headers:
        return None
    location = response.headers["Location"].encode("latin-1")
    try:
        return location.decode()
    except UnicodeError:
        # Browsers send bytes of other encodings as they are.
        return quote(location, safe=_PRINTABLE)


def _save(response: BaseHTTPResponse, to: Path, max_bytes: int, deadline: Deadline) -> int:
    _check_headers(response, max_bytes)
    written = 0
    try:
        with to.open("wb") as file:
            chunks = read_chunks(response, deadline)
            for chunk in decoded(chunks, response.headers.get("Content-Encoding", "")):
                written += len(chunk)
                if written > max_bytes:
                    raise too_large(max_bytes)
                file.write(chunk)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return written


def _check_headers(response: BaseHTTPResponse, max_bytes: int) -> None:
    """Check the headers before reading any of the body."""
    if response.status != 200:
        raise bad_status(response.status)
    if (response.length_remaining or 0) > max_bytes:
        raise too_large(max_bytes)
