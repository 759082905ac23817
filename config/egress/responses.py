"""Responses, read in chunks, never decompressed and never beyond a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from urllib3.response import BaseHTTPResponse

from config.egress.connections import exchange
from config.egress.deadline import Deadline

_CHUNK = 64 * 1024

#: Sent with every request: an uncompressed body cannot be a decompression bomb.
COMMON_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "User-Agent": "ShopIQ-Partner-Platform",
}


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `headers` ignores case, `truncated` means that `body` is only its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


def read_chunks(response: BaseHTTPResponse, deadline: Deadline) -> Iterator[bytes]:
    """Yield the body as it arrives; raise `EgressError` if it breaks off, or `DeadlineExceeded`."""
    while True:
        with exchange(deadline):
            chunk = response.read1(_CHUNK, decode_content=False)
        if not chunk:
            return
        yield chunk


def read_response(response: BaseHTTPResponse, *, max_bytes: int, deadline: Deadline) -> Response:
    """Read at most `max_bytes` of the body; if there is more, the connection is closed."""
    body = bytearray()
    for chunk in read_chunks(response, deadline):
        body += chunk
        if len(body) > max_bytes:
            response.close()
            break
    return Response(
        response.status, response.headers, bytes(body[:max_bytes]), len(body) > max_bytes
    )
