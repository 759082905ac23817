"""Answers read piece by piece, never inflated and never past a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from urllib3.response import BaseHTTPResponse

from config.egress.connections import exchange
from config.egress.deadline import Deadline

_PIECE = 64 * 1024

#: Sent with every request: a body that arrives as it is stored cannot be an inflating bomb.
COMMON_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "ShopIQ-Partner-Platform"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `headers` ignore case, `truncated` says that `body` is only its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


def read_pieces(response: BaseHTTPResponse, deadline: Deadline) -> Iterator[bytes]:
    """The body as it arrives; raises `EgressError` where it breaks off, or `DeadlineExceeded`."""
    while True:
        with exchange(deadline):
            piece = response.read1(_PIECE, decode_content=False)
        if not piece:
            return
        yield piece


def read_answer(response: BaseHTTPResponse, *, max_bytes: int, deadline: Deadline) -> Answer:
    """The answer with at most `max_bytes` of its body; its connection is closed if more came."""
    body = bytearray()
    for piece in read_pieces(response, deadline):
        body += piece
        if len(body) > max_bytes:
            response.close()
            break
    return Answer(response.status, response.headers, bytes(body[:max_bytes]), len(body) > max_bytes)
