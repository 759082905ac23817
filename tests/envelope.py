"""Checks for error responses of the API."""

from __future__ import annotations

import json
import re
from typing import Any

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def is_timestamp(text: object) -> bool:
    """Return whether this is a documented timestamp, such as `2025-07-15T10:30:00.000Z`."""
    return isinstance(text, str) and _TIMESTAMP.fullmatch(text) is not None


def status_of(response: Any) -> int:
    """Return the status of a response of Django's test client or of urllib3."""
    return int(response.status_code if hasattr(response, "status_code") else response.status)


def error_of(response: Any) -> dict[str, Any]:
    """Check that the response is an error envelope and return its body."""
    body = response.content if hasattr(response, "content") else response.data
    return error_in(status_of(response), dict(response.headers), body)


def error_in(status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Check an error envelope given in parts."""
    names = {name.lower(): value for name, value in headers.items()}
    assert status >= 400, (status, body[:200])
    assert names["content-type"] == "application/json", (status, names, body[:200])
    document: dict[str, Any] = json.loads(body)
    assert document["success"] is False
    assert document["message"]
    assert isinstance(document["message"], str)
    assert re.fullmatch("[a-z_]+", document["code"])
    assert is_timestamp(document["timestamp"])
    assert document["requestId"] == names["x-request-id"]
    assert "Traceback" not in body.decode()
    return document


def assert_error(response: Any, status: int, message: str) -> dict[str, Any]:
    """Check an error envelope with exactly this status and message; return its body."""
    document = error_of(response)
    assert (status_of(response), document["message"]) == (status, message)
    return document
