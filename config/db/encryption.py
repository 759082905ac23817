"""Encryption of single database values, and keyed hashes to look them up by.

AES-256-GCM (NIST SP 800-38D). A ciphertext reads `v{version}.{base64url of nonce + text + tag}`;
the version names the key, so that keys can be rotated. The context of a value (table, column, row)
is authenticated with it: a ciphertext copied to another row or column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE_BYTES = 12


class DecryptionError(Exception):
    """Not a ciphertext of this context, or of a key that is not configured; says which."""


@dataclass(frozen=True, slots=True)
class EncryptionContext:
    """Where a value lives, such as `accounts_account.email` of row `665a…`."""

    column: str
    row: str

    def __bytes__(self) -> bytes:
        return f"{self.column}:{self.row}".encode()


def encrypt(text: str, context: EncryptionContext) -> str:
    """The ciphertext under the newest key."""
    version = newest_version()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher(version).encrypt(nonce, text.encode(), bytes(context))
    return f"v{version}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def decrypt(ciphertext: str, context: EncryptionContext) -> str:
    """The text; raises `DecryptionError`."""
    head, _, encoded = ciphertext.partition(".")
    try:
        version = int(head.removeprefix("v"))
        sealed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return _cipher(version).decrypt(nonce, body, bytes(context)).decode()
    except KeyError:
        reason = f"FIELD_ENCRYPTION_KEYS has no version {version}"
    except (ValueError, InvalidTag):
        reason = "it was made with another key or for another context, or it is damaged"
    raise DecryptionError(f"{context.column} of {context.row} does not open: {reason}")


def newest_version() -> int:
    """The version that new ciphertexts get."""
    return max(_keys(tuple(settings.FIELD_ENCRYPTION_KEYS)))


def lookup_hash(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 of a normal form: equal for equal texts, useless without the lookup key."""
    key = settings.LOOKUP_KEY.encode()
    return hmac.digest(key, f"{purpose}:{text}".encode(), hashlib.sha256)


def _cipher(version: int) -> AESGCM:
    return AESGCM(_keys(tuple(settings.FIELD_ENCRYPTION_KEYS))[version])


@lru_cache(maxsize=4)
def _keys(entries: tuple[str, ...]) -> dict[int, bytes]:
    """`VERSION:KEY` entries by version; `config.checks` has seen that they are well-formed."""
    pairs = (entry.split(":", 1) for entry in entries)
    return {int(version): base64.urlsafe_b64decode(key) for version, key in pairs}


class EncryptedModel(models.Model):
    """Encrypts the columns of `encrypted_fields`, each value bound to its table, column and row.

    The primary key has to be known before a value is encrypted, as `config.db.fields.IdField` makes
    sure. `manage.py rotate_keys` finds these models by this class.
    """

    encrypted_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def set_encrypted(self, field: str, text: str) -> None:
        """Sets a column to the ciphertext of `text`; saving is the caller's."""
        setattr(self, field, encrypt(text, self.context(field)))

    def get_decrypted(self, field: str) -> str:
        """The text of a column; raises `config.db.encryption.DecryptionError`."""
        return decrypt(getattr(self, field), self.context(field))

    def context(self, field: str) -> EncryptionContext:
        return EncryptionContext(f"{self._meta.db_table}.{field}", str(self.pk))
