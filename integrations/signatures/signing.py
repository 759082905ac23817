"""The bytes of webhooks and their signatures. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

#: The header.
SIGNATURE = "x-shopiq-signature"


def encode_event(payload: Mapping[str, str]) -> bytes:
    """The exact bytes to sign and send.

    The documented receiver signs `JSON.stringify` of what it parsed, so these bytes have
    to be what that gives back: compact, in the same order, nothing escaped that need not be.
    Values are strings alone; a number could change its spelling on the way.
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    # JSON.stringify writes DEL and the C1 controls as they are, and so does json.dumps.
    return text.encode()


def signature(body: bytes, secret: str) -> str:
    """The value of `x-shopiq-signature`: `sha256=` and the hexadecimal HMAC of the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers_of(event_id: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """All headers of one attempt; `timestamp` in seconds, of the attempt.

    `webhook-id` and `webhook-timestamp` after Standard Webhooks 1.0; the id stays the same on a
    retry.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
    }
    if secret:
        headers[SIGNATURE] = signature(body, secret)
    return headers
