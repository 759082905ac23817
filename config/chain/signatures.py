"""Ed25519 signatures (RFC 8032) of digests and statements, and their public keys."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


class UnknownKey(LookupError):
    """`SIGNING_KEYS` has no key of this version."""


def sign(text: bytes, version: int | None = None) -> tuple[int, bytes]:
    """Return the version of a key and its signature, which is always the same for the same text.

    It is the key of `version`, or the newest one if there is none.
    """
    keys = _keys(tuple(settings.SIGNING_KEYS))
    used = version if version in keys else max(keys)
    return used, keys[used].sign(text)


def encode_signature(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def is_signed(text: bytes, version: int, signature: bytes) -> bool:
    """Raise `UnknownKey`."""
    try:
        key = _keys(tuple(settings.SIGNING_KEYS))[version]
    except KeyError:
        raise UnknownKey(version) from None
    try:
        key.public_key().verify(signature, text)
    except InvalidSignature:
        return False
    return True


def public_keys() -> list[dict[str, str]]:
    """Return the keys as a JSON Web Key Set (RFC 8037), newest first."""
    return [
        {
            "kid": str(version),
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "x": encode_signature(key.public_key().public_bytes_raw()),
        }
        for version, key in sorted(_keys(tuple(settings.SIGNING_KEYS)).items(), reverse=True)
    ]


@lru_cache(maxsize=4)
def _keys(entries: tuple[str, ...]) -> dict[int, Ed25519PrivateKey]:
    """Parse `VERSION:KEY` entries; `config.checks` has validated them."""
    pairs = (entry.split(":", 1) for entry in entries)
    return {
        int(version): Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key))
        for version, key in pairs
    }
