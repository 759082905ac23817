"""The format of API keys: a prefix, 40 random characters and a checksum of six."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH = 40  # 238 bits
_CHECKSUM_LENGTH = 6  # a CRC-32 in base 62
_KEY = re.compile(r"sq_(live|test|mgmt|mgmt_test)_([0-9A-Za-z]{40})([0-9A-Za-z]{6})\Z")
_TAGS = {"live": "live", "test": "test", "management": "mgmt", "management_test": "mgmt_test"}


@dataclass(frozen=True, slots=True)
class GeneratedKey:
    """A new key; `secret` is shown once and never stored."""

    secret: str
    secret_hash: bytes
    last_four: str


def prefix_of(environment: str) -> str:
    """Return the prefix of keys of an environment, such as `sq_live_`."""
    return f"sq_{_TAGS[environment]}_"


def generate_key(environment: str) -> GeneratedKey:
    """Generate a key for an environment, such as "live"."""
    random_part = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    body = prefix_of(environment) + random_part
    secret = body + _checksum(body)
    return GeneratedKey(secret, hash_key(secret), secret[-4:])


def read_key(headers: Mapping[str, str]) -> str:
    """Return the secret of `x-api-key`, else of `Authorization: Bearer`, else ""."""
    if secret := headers.get("HTTP_X_API_KEY", "").strip():
        return secret
    scheme, _, rest = headers.get("HTTP_AUTHORIZATION", "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else ""


def is_well_formed(secret: str) -> bool:
    """Check prefix and checksum, which rejects mistyped and guessed keys without a query."""
    match = _KEY.match(secret)
    return match is not None and _checksum(secret[:-_CHECKSUM_LENGTH]) == match[3]


def hash_key(secret: str) -> bytes:
    """Return SHA-256; a slow hash protects weak secrets, and these have 238 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits
