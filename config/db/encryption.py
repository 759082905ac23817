"""Encryption of single database values, and keyed hashes for looking them up.

AES-256-GCM (NIST SP 800-38D). A ciphertext is `v{version}.{base64url of nonce + text + tag}`; the
version identifies the key, so that keys can be rotated. The context of a value (table, column, row)
is authenticated, too: a ciphertext copied to another row or column cannot be decrypted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

log = structlog.get_logger(__name__)

_NONCE_BYTES = 12


class DecryptionError(Exception):
    """Not a ciphertext of this context, or its key is not configured; the message says which."""


class DecryptionDisabled(DecryptionError):
    """Nothing of this kind is decrypted here: see `disable_decryption`."""


_open_columns: ContextVar[frozenset[str] | None] = ContextVar("columns to decrypt", default=None)


@contextmanager
def disable_decryption(*, except_for: frozenset[str]) -> Iterator[None]:
    """Raise `DecryptionDisabled` in this block for every value but those of these columns.

    So a page that staff look at shows neither secrets nor personal data, whatever it reads.
    """
    token = _open_columns.set(except_for)
    try:
        yield
    finally:
        _open_columns.reset(token)


def is_decryption_disabled() -> bool:
    return _open_columns.get() is not None


@dataclass(frozen=True, slots=True)
class EncryptionContext:
    """The location of a value, such as `accounts_account.email` of row `665a…`."""

    column: str
    row: str

    def __bytes__(self) -> bytes:
        return f"{self.column}:{self.row}".encode()


def encrypt(text: str, context: EncryptionContext) -> str:
    """Encrypt with the first key."""
    version = current_version()
    nonce = os.urandom(_NONCE_BYTES)
    raw = nonce + _cipher(version).encrypt(nonce, text.encode(), bytes(context))
    return f"v{version}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def decrypt(ciphertext: str, context: EncryptionContext) -> str:
    """Raise `DecryptionError`."""
    if (allowed := _open_columns.get()) is not None and context.column not in allowed:
        raise DecryptionDisabled(f"{context.column} must not be decrypted here.")
    head, _, encoded = ciphertext.partition(".")
    try:
        version = int(head.removeprefix("v"))
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return _cipher(version).decrypt(nonce, body, bytes(context)).decode()
    except KeyError:
        reason = f"FIELD_ENCRYPTION_KEYS has no version {version}"
    except (ValueError, InvalidTag):
        reason = "it was made with another key or for another context, or it is damaged"
    raise DecryptionError(f"{context.column} of {context.row} does not open: {reason}")


@contextmanager
def report_undecryptable() -> Iterator[None]:
    """Log a value that cannot be decrypted instead of raising: one row must not spoil a list."""
    try:
        yield
    except DecryptionDisabled:
        pass
    except DecryptionError as error:
        _report(str(error))


@lru_cache(maxsize=1000)
def _report(reason: str) -> None:
    """Log a value once in this process, however often its list is read."""
    log.error("value cannot be decrypted", reason=reason)


def current_version() -> int:
    """Return the key version of new ciphertexts: the first one's. The others are only read, so a
    new key is at the end until every process knows it."""
    return next(iter(_keys(tuple(settings.FIELD_ENCRYPTION_KEYS))))


def lookup_hash(purpose: str, text: str) -> bytes:
    """Return HMAC-SHA-256 of a normalized text, which cannot be computed without the key."""
    return _keyed_hash(settings.LOOKUP_KEY, purpose, text)


def lookup_hashes(purpose: str, text: str) -> list[bytes]:
    """Return all hashes under which a text may be stored: the newest, then those of former keys."""
    keys = (settings.LOOKUP_KEY, *settings.LOOKUP_KEY_FALLBACKS)
    return [_keyed_hash(key, purpose, text) for key in keys]


def _keyed_hash(key: str, purpose: str, text: str) -> bytes:
    return hmac.digest(key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256)


def _cipher(version: int) -> AESGCM:
    return AESGCM(_keys(tuple(settings.FIELD_ENCRYPTION_KEYS))[version])


@lru_cache(maxsize=4)
def _keys(entries: tuple[str, ...]) -> dict[int, bytes]:
    """Parse `VERSION:KEY` entries; `config.checks` has validated them."""
    pairs = (entry.split(":", 1) for entry in entries)
    return {int(version): base64.urlsafe_b64decode(key) for version, key in pairs}


class EncryptedModel(models.Model):
    """Encrypt the columns in `encrypted_fields`, each value bound to its table, column and row.

    The primary key must exist before a value is encrypted, as with `config.db.fields.IdField`.
    `manage.py rotate_keys` finds the models by this base class.
    """

    encrypted_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def set_encrypted(self, field: str, text: str) -> None:
        """Set a column to the ciphertext of `text`, without saving."""
        setattr(self, field, encrypt(text, self.context(field)))

    def get_decrypted(self, field: str) -> str:
        """Raise `DecryptionError`."""
        return decrypt(getattr(self, field), self.context(field))

    def context(self, field: str) -> EncryptionContext:
        return EncryptionContext(f"{self._meta.db_table}.{field}", str(self.pk))
