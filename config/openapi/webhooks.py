"""The events that the platform sends, from the registry of their types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from config.openapi.types import Schema
from integrations.event_types import EventType, event_type, sample_names
from integrations.signatures.signing import SIGNATURE, STANDARD_SIGNATURE

_AT = datetime(2025, 7, 15, 10, 30, tzinfo=UTC)
_HEADERS = (
    (
        SIGNATURE,
        "With a secret: `sha256=` and the hexadecimal HMAC-SHA256 of the body.",
        "sha256=6a2da20943931e9834fc12cfe5bb47bbd9ae43489a30726962b576f4e3993e50",
        False,
    ),
    (
        "webhook-id",
        "The ID of the event, the same on each retry. Use it to ignore repetitions.",
        "665a1f2e3b4c5d6e7f8a9b10",
        True,
    ),
    (
        "webhook-timestamp",
        "The time of the attempt, in seconds since 1970.",
        "1752575400",
        True,
    ),
    (
        STANDARD_SIGNATURE,
        "With a secret: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, as in Standard"
        " Webhooks. Two of them, separated by a space, while a secret is changed with an overlap.",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        False,
    ),
)
#: What members of the payloads mean, wherever they are.
_TEXTS = {
    "accountId": "The account.",
    "alert": "The type of the alert that has ended.",
    "alertId": "The ID of the alert, the same when it has ended.",
    "aspectRatio": "The shape of the image.",
    "balance": "The balance, in points.",
    "code": "The code of the error.",
    "day": "The day.",
    "days": "The days until then.",
    "details": "The figures of the alert.",
    "error": "What went wrong.",
    "errorPercent": "The share of requests that returned an error.",
    "errors": "The requests that returned an error.",
    "event": "The type of the event.",
    "expiresAt": "When the key expires.",
    "failingSince": "Since when attempts fail.",
    "field": "The member that is wrong.",
    "identifier": "The identifier of the shop.",
    "imageUrl": "The image.",
    "imageUrls": "The images.",
    "keyId": "The ID of the key.",
    "keyName": "The name of the key.",
    "lastFour": "The last characters of the key.",
    "limit": "The spend limit, in points.",
    "message": "What has happened, for people.",
    "mode": "The mode in which the image was made.",
    "operation": "What was asked for.",
    "operationId": "The ID of the operation.",
    "period": "The period of the spend limit.",
    "points": "The points of the day.",
    "pointsUsed": "What the call cost, in points.",
    "previewUrl": "Where the shop can be seen before it is live.",
    "productionUrl": "Where the shop is.",
    "reason": "Why the shop was deployed; absent for its first deployment.",
    "requestedMode": "The mode that was asked for, if it was another one.",
    "requests": "The requests of the hour.",
    "resetsAt": "When the next period begins.",
    "resolution": "The length of the longer edge.",
    "since": "When the hour began.",
    "spent": "The points spent in the period.",
    "threshold": "The threshold, in points.",
    "tier": "The pricing tier.",
    "timestamp": "When it happened.",
    "title": "The alert in a few words, for people.",
    "url": "The page of the dashboard that explains the alert.",
    "usualErrorPercent": "The share in the week before.",
    "usualPoints": "The median of the same weekday.",
    "webhookId": "The ID of the webhook.",
    "webhookUrl": "Where its events go.",
}


def describe_webhooks() -> dict[str, Schema]:
    """Return the member `webhooks`: one request for each type of event."""
    return {name: {"post": _request(event_type(name))} for name in sample_names()}


def _request(kind: EventType) -> Schema:
    name, sample = kind.name, dict(kind.sample(_AT))
    return {
        "operationId": _identifier(name),
        "summary": name,
        "description": str(kind.description),
        "tags": ["Webhooks"],
        "parameters": [_header(*each) for each in _HEADERS],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _schema(kind, sample),
                    "examples": {"event": {"summary": name, "value": sample}},
                }
            },
        },
        "responses": {
            "2XX": {"description": "The event arrived. Any other response leads to a retry."},
            "410": {"description": "The receiver wants no more events; it is disabled."},
        },
    }


def _identifier(name: str) -> str:
    return "on" + "".join(word.capitalize() for word in name.split("."))


def _header(name: str, text: str, example: str, is_required: bool) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": is_required,
        "description": text,
        "schema": {"type": "string"},
        "example": example,
    }


def _schema(kind: EventType, sample: dict[str, Any]) -> Schema:
    """Return what every event of a type has; more members may be added at any time."""
    members = _members({**sample, **kind.varying})
    return {
        "type": "object",
        "properties": {
            **members,
            "event": {**members["event"], "const": kind.name},
            "timestamp": {**members["timestamp"], "format": "date-time"},
            "testMode": {
                "type": "boolean",
                "const": True,
                "description": "Only in events of test keys and in test events.",
            },
            "externalId": {"type": "string", "description": "Your own ID, if you sent one."},
            "metadata": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Your own notes, if you sent some.",
            },
        },
        "required": sorted(name for name in sample if name not in kind.varying),
    }


def _members(values: dict[str, Any]) -> dict[str, Schema]:
    return {name: {**_member(value), "description": _TEXTS[name]} for name, value in values.items()}


def _member(value: Any) -> Schema:
    if isinstance(value, dict):
        return {"type": "object", "properties": _members(value)}
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(value, int | float):
        return {"type": "number"}
    return {"type": "string"}
