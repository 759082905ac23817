"""The bytes of webhooks and their signatures. Pure functions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

#: Names of the headers: the documented one, and that of Standard Webhooks.
SIGNATURE, STANDARD_SIGNATURE = "x-shopiq-signature", "webhook-signature"
_STANDARD_PREFIX = "whsec_"
_SECRET_BYTES = 32

#: An event as an object for JSON.
Payload = Mapping[str, Any]


def create_secret() -> str:
    """Return a random secret of the form that Standard Webhooks prescribes."""
    return _STANDARD_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def encode_event(payload: Payload) -> bytes:
    """Serialize an event to the exact bytes to sign and send.

    The documented receiver signs `JSON.stringify` of the parsed body, so the bytes must be its
    output: compact, in the same order, without unnecessary escapes. Values are strings, objects of
    strings, or points, which both write alike; other numbers could be reformatted, and members
    whose names are numbers moved.
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    # JSON.stringify does not escape DEL and the C1 controls, and neither does json.dumps.
    return text.encode()


def signature(body: bytes, secret: str) -> str:
    """Return the value of `x-shopiq-signature`: `sha256=` and the hexadecimal HMAC of the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard_signature(event_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """Return the value of `webhook-signature` (Standard Webhooks 1.0): `v1,` and the base64 HMAC.

    It covers the time of the attempt, so that a receiver can refuse a copy sent later.
    """
    content = b"%s.%d.%s" % (event_id.encode(), timestamp, body)
    digest = hmac.new(_standard_key(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _standard_key(secret: str) -> bytes:
    """A secret such as `whsec_…` is base64 of the key; any other text is the key itself."""
    if secret.startswith(_STANDARD_PREFIX):
        with suppress(ValueError):
            return base64.b64decode(secret.removeprefix(_STANDARD_PREFIX), validate=True)
    return secret.encode()


def headers_of(
    event_id: str, timestamp: int, body: bytes, secret: str, previous_secret: str = ""
) -> dict[str, str]:
    """Return all headers of an attempt; `timestamp` is its time in seconds.

    Those that begin with `webhook-` follow Standard Webhooks 1.0; retries keep the id. While a
    secret is rotated, the standard header has a signature by each, and the documented header, which
    has room for one, stays with the previous one, so that receivers can change over in that time.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
    }
    if secret:
        both = (secret, previous_secret) if previous_secret else (secret,)
        signed = (standard_signature(event_id, timestamp, body, each) for each in both)
        headers[STANDARD_SIGNATURE] = " ".join(signed)
        headers[SIGNATURE] = signature(body, previous_secret or secret)
    return headers
