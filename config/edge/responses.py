"""Responses of the web server itself, in the API's envelope."""

from __future__ import annotations

import json
import uuid

from gunicorn.http import errors

from config.api.error_codes import (
    INTERNAL_ERROR,
    MALFORMED_HTTP,
    REQUEST_TIMEOUT,
    TOO_MANY_CONNECTIONS,
    UNAVAILABLE,
)
from config.api.timestamps import timestamp

_MALFORMED = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
}
_CODES = {
    408: REQUEST_TIMEOUT,
    429: TOO_MANY_CONNECTIONS,
    500: INTERNAL_ERROR,
    503: UNAVAILABLE,
}


def explain(exc: Exception) -> bytes:
    """Build the response to a request that the parser rejects."""
    return error_response(*_MALFORMED.get(type(exc), (400, "Bad Request")))


def error_response(status: int, reason: str) -> bytes:
    """Build a response after which the connection is closed."""
    request_id = uuid.uuid4().hex
    message = "Internal server error" if status == 500 else f"The request is refused: {reason}"
    code = _CODES.get(status, MALFORMED_HTTP)
    body = {"success": False, "message": message, "code": code.name, "requestId": request_id}
    content = json.dumps({**body, "timestamp": timestamp()}, separators=(",", ":"))
    return (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"X-Request-Id: {request_id}\r\nContent-Length: {len(content)}\r\n\r\n{content}"
    ).encode("ascii")
