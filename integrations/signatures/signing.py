"""The bytes of webhooks and their signatures. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

#: Name of the header.
SIGNATURE = "x-shopiq-signature"


def encode_event(payload: Mapping[str, str]) -> bytes:
    """Serialize an event to the exact bytes to sign and send.

    The documented receiver signs `JSON.stringify` of the parsed body, so the bytes must be its
    output: compact, in the same order, without unnecessary escapes. All values are strings, because
    numbers could be reformatted.
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    # JSON.stringify does not escape DEL and the C1 controls, and neither does json.dumps.
    return text.encode()


def signature(body: bytes, secret: str) -> str:
    """Return the value of `x-shopiq-signature`: `sha256=` and the hexadecimal HMAC of the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers_of(event_id: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """Return all headers of an attempt; `timestamp` is its time in seconds.

    `webhook-id` and `webhook-timestamp` follow Standard Webhooks 1.0; retries keep the id.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
    }
    if secret:
        headers[SIGNATURE] = signature(body, secret)
    return headers
