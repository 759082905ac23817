"""The names of shops: a DNS label from the brand and a random tail. Pure but for the randomness."""

from __future__ import annotations

import re
import secrets

from anyascii import anyascii

#: The longest DNS label (RFC 1035, 2.3.4).
MAX_LABEL = 63
_TAIL = 6
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_FALLBACK = "store"
#: Prefixes that would resemble a host name of ours.
RESERVED = frozenset(
    {"www", "api", "admin", "app", "dev", "mail", "status", "static", "media", "shopiq", "support"}
)


def make_identifier(brand_name: str) -> str:
    """Create an identifier such as `nova-retail-abc123`; a constraint makes it unique."""
    head = slug_of(brand_name)
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_TAIL))
    return f"{head}-{tail}"


def slug_of(brand_name: str) -> str:
    """Join lower-case ASCII words with hyphens, cut to leave room for the random suffix."""
    # Apostrophes belong to words, including those that transliterate a diacritic.
    words = anyascii(brand_name).lower().replace("'", "")
    slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    slug = slug[: MAX_LABEL - _TAIL - 1].rstrip("-")
    # "xn--" would claim to be an internationalised name (RFC 5890).
    is_usable = slug and slug not in RESERVED and not slug.startswith("xn-")
    return slug if is_usable else _FALLBACK
