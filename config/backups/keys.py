"""Fingerprints of the keys without which a restored database could not be read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings

_PURPOSE = b"ShopIQ backup"


def fingerprints() -> dict[str, str]:
    """Return a fingerprint by the name of each key; it does not help to guess the key."""
    keys = {"LOOKUP_KEY": settings.LOOKUP_KEY}
    for name in ("FIELD_ENCRYPTION_KEYS", "SIGNING_KEYS"):
        for entry in getattr(settings, name):
            version, _, key = entry.partition(":")
            keys[f"{name} {version}"] = key
    return {name: _fingerprint(key) for name, key in keys.items()}


def find_missing(needed: Mapping[str, str]) -> list[str]:
    """Return the names of keys that the settings lack, or have with another value."""
    ours = fingerprints()
    former = {_fingerprint(key) for key in settings.LOOKUP_KEY_FALLBACKS}
    return [
        name
        for name, fingerprint in needed.items()
        if ours.get(name) != fingerprint and not (name == "LOOKUP_KEY" and fingerprint in former)
    ]


def _fingerprint(key: str) -> str:
    return hmac.new(key.encode(), _PURPOSE, hashlib.sha256).hexdigest()[:16]
