"""The form of an API key: a prefix, 40 random characters and a checksum of six."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 40  # 238 bits
_CHECKSUM_LENGTH = 6  # a CRC-32 in base 62
_KEY = re.compile(r"sq_(live|test|mgmt)_([0-9A-Za-z]{40})([0-9A-Za-z]{6})\Z")
_TAGS = {"live": "live", "test": "test", "management": "mgmt"}


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A new key: `secret` is shown once and never stored."""

    secret: str
    secret_hash: bytes
    last_four: str


def prefix_of(environment: str) -> str:
    """How every key for "live", "test" or "management" begins."""
    return f"sq_{_TAGS[environment]}_"


def make_key(environment: str) -> FreshKey:
    """A key for "live", "test" or "management"."""
    random_part = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    body = prefix_of(environment) + random_part
    secret = body + _checksum(body)
    return FreshKey(secret, hash_key(secret), secret[-4:])


def is_well_formed(secret: str) -> bool:
    """Whether the checksum holds: tells a typing error or a guess from a key without a query."""
    match = _KEY.match(secret)
    return match is not None and _checksum(secret[:-_CHECKSUM_LENGTH]) == match[3]


def hash_key(secret: str) -> bytes:
    """SHA-256. A slow hash would protect weak secrets; these have 238 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits
