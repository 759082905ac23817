"""Parameters, headers and security schemes that endpoints share."""

from __future__ import annotations

from accounts.api.idempotency import MAX_LENGTH
from config.openapi.types import Schema
from imaging.api.accepted_calls import RESPOND_ASYNC

#: Parameters that several endpoints share.
PARAMETERS: dict[str, Schema] = {
    "X-Request-Id": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Your own ID of the request, which finds it in your request log.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_.-]{8,64}$"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "For 48 hours, the same key and body return the first response, marked"
        " `Idempotent-Replayed: true`, and nothing is done again.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_LENGTH,
            "pattern": "^[\\x20-\\x7e]+$",
        },
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "`respond-async` returns a 202 as soon as the points are reserved; an event"
        " or the receipt tells how the call ended.",
        "schema": {"type": "string", "enum": [RESPOND_ASYNC]},
    },
}

SECURITY: dict[str, Schema] = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`sq_mgmt_…` and `sq_mgmt_test_…` keys open `/api/v2/third-party/*`;"
        " `sq_live_…` and `sq_test_…` keys open `/partner/v1/*`.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same keys as `Authorization: Bearer …`. `X-API-Key` wins if both are"
        " sent.",
    },
}

HEADERS: dict[str, Schema] = {
    "X-Request-Id": {
        "description": "Identifies the request in the request log.",
        "schema": {"type": "string"},
    },
    "X-Client-Request-Id": {
        "description": "The `X-Request-Id` that you sent, if any.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "Requests left, and seconds until the oldest leave the window.",
        "schema": {"type": "string"},
        "example": '"minute";r=59;t=60, "day";r=9999;t=86400',
    },
    "RateLimit-Policy": {
        "description": "The rate limits.",
        "schema": {"type": "string"},
        "example": '"minute";q=60;w=60, "day";q=10000;w=86400',
    },
    "Retry-After": {
        "description": "Seconds to wait, as `retryAfter` in the body.",
        "schema": {"type": "integer"},
    },
    "X-Operation-Id": {
        "description": "The ID of the call's receipt.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the stored first response.",
        "schema": {"type": "string", "const": "true"},
    },
    "Location": {
        "description": "Where to read the receipt later.",
        "schema": {"type": "string", "format": "uri"},
    },
    "Preference-Applied": {
        "description": "The preference that was followed.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "How to send a key.",
        "schema": {"type": "string", "const": "Bearer"},
    },
}
