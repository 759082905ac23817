"""Canonical JSON (RFC 8785, for the values that we use) and the hashes over it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

#: The hash before the first entry.
FIRST_HASH = bytes(32)


def canonical_json(value: Any) -> str:
    """Format with sorted names, no spaces and times in UTC with microseconds."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_format_time
    )


def chain_hash(previous: bytes, entry: str) -> bytes:
    """Return SHA-256 of the previous hash in hex, a line feed, and the entry's canonical JSON."""
    return sha256(f"{previous.hex()}\n{entry}".encode()).digest()


def format_time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _format_time(value: Any) -> str:
    if isinstance(value, datetime):
        return format_time(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
