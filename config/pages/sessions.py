"""Sessions whose rows sign no one in: the database has a hash of each key, and encrypted data.

A stolen dump has no value for a cookie. The data may hold the key of a password reset or the secret
of an authenticator app that is being set up, and is bound to its row: copied into another session,
it is empty.
"""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

log = structlog.get_logger(__name__)


def hash_key(session_key: str) -> str:
    """Return the first 160 bits of SHA-256; the columns have room for 40 characters."""
    return hashlib.sha256(session_key.encode(errors="replace")).hexdigest()[:40]


def reencrypt_session(row: Session) -> list[str]:
    """Encrypt a row with the first key; empty one that no configured key decrypts."""
    try:
        data = decrypt(row.session_data, _context(row.pk))
    except DecryptionError:
        row.session_data = ""
    else:
        row.session_data = encrypt(data, _context(row.pk))
    return ["session_data"]


def _context(stored_key: str) -> EncryptionContext:
    return EncryptionContext("django_session.session_data", stored_key)


class SessionStore(db.SessionStore):
    """`session_key` is the cookie's value and never stored; `stored_key` identifies the row."""

    #: By default it has the name of the class, and `StoredSessionStore` could read nothing.
    key_salt = "config.pages.sessions"

    @staticmethod
    def _to_stored(session_key: str) -> str:
        return hash_key(session_key)

    @property
    def stored_key(self) -> str | None:
        return self._to_stored(self.session_key) if self.session_key else None

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(self._to_stored(session_key)))

    async def aexists(self, session_key: str) -> bool:
        return bool(await super().aexists(self._to_stored(session_key)))

    def _get_session_from_db(self) -> Session | None:
        try:
            return self._open_rows().get()
        except Session.DoesNotExist:
            self._session_key = None
            return None

    async def _aget_session_from_db(self) -> Session | None:
        try:
            return await self._open_rows().aget()
        except Session.DoesNotExist:
            self._session_key = None
            return None

    def _open_rows(self) -> QuerySet[Session]:
        return Session.objects.filter(session_key=self.stored_key, expire_date__gt=timezone.now())

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = self._to_stored(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = await super().acreate_model_instance(data)
        row.session_key = self._to_stored(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(self._to_stored(key))

    async def adelete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            await super().adelete(self._to_stored(key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt(super().encode(session_dict), self._context())

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Treat data that cannot be decrypted as that of an empty session."""
        try:
            data: dict[str, Any] = super().decode(decrypt(str(session_data), self._context()))
        except DecryptionError:
            log.warning("session cannot be decrypted", session=self.stored_key)
            return {}
        return data

    def _context(self) -> EncryptionContext:
        return _context(str(self.stored_key))


class StoredSessionStore(SessionStore):
    """Opens sessions by their stored keys, for the list of a user's sessions.

    Never given what a browser sent, which would make a stored key as good as the cookie.
    """

    @staticmethod
    def _to_stored(session_key: str) -> str:
        return session_key
