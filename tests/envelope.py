"""What every error of the API has in common, looked at in one place."""

from __future__ import annotations

import json
import re
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def is_moment(text: object) -> bool:
    """Whether this is the contract's form of a moment: `2025-07-15T10:30:00.000Z`."""
    return isinstance(text, str) and _MOMENT.fullmatch(text) is not None


def status_of(answer: Any) -> int:
    """Of an answer of Django's test client or of urllib3."""
    return int(answer.status_code if hasattr(answer, "status_code") else answer.status)


def error_of(answer: Any) -> dict[str, Any]:
    """The body of an error answer, seen to be the envelope."""
    body = answer.content if hasattr(answer, "content") else answer.data
    return error_in(status_of(answer), dict(answer.headers), body)


def error_in(status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The same for an answer in its parts."""
    names = {name.lower(): value for name, value in headers.items()}
    assert status >= 400, (status, body[:200])
    assert names["content-type"] == "application/json", (status, names, body[:200])
    document: dict[str, Any] = json.loads(body)
    assert document["success"] is False
    assert document["message"]
    assert isinstance(document["message"], str)
    assert re.fullmatch("[a-z_]+", document["code"])
    assert is_moment(document["timestamp"])
    assert document["requestId"] == names["x-request-id"]
    assert "Traceback" not in body.decode()
    return document


def assert_refused(answer: Any, status: int, message: str) -> dict[str, Any]:
    """The envelope with exactly this status and these words; answers the body."""
    document = error_of(answer)
    assert (status_of(answer), document["message"]) == (status, message)
    return document
