"""Secrets of second factors that belong to one user, and one-time codes that work once.

allauth passes its hooks for encryption a text without a user, and remembers a used code for less
time than it is valid, so its classes are extended here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt as decrypt_by_adapter
from django.db import transaction

from accounts.models import User
from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

log = structlog.get_logger(__name__)

_LAST_COUNTER = "last_counter"
_user_id: ContextVar[int] = ContextVar("user of the second factor")
_activate_totp = TOTP.activate.__func__
_activate_recovery_codes = RecoveryCodes.activate.__func__
_generate_codes = RecoveryCodes.generate_codes


@contextmanager
def secrets_of(user_id: int) -> Iterator[None]:
    """Bind what is encrypted and decrypted in this block to a user."""
    token = _user_id.set(user_id)
    try:
        yield
    finally:
        _user_id.reset(token)


def encrypt_secret(text: str) -> str:
    """Encrypt within `secrets_of`; raise `LookupError` outside."""
    return encrypt(text, _context())


def decrypt_secret(ciphertext: str) -> str:
    """Decrypt within `secrets_of`; raise `DecryptionError` for the secret of another user."""
    return decrypt(ciphertext, _context())


def _context() -> EncryptionContext:
    # Not bound to the row: allauth encrypts before it has a primary key.
    return EncryptionContext("mfa_authenticator.data", f"user {_user_id.get()}")


def extend_allauth() -> None:
    """Run once, when all apps are ready."""
    TOTP.activate = classmethod(activate_totp)
    TOTP.validate_code = validate_totp_code
    RecoveryCodes.activate = classmethod(activate_recovery_codes)
    RecoveryCodes.generate_codes = generate_recovery_codes


def activate_totp(cls: type[Any], user: User, secret: str) -> Any:
    """Activate the app and mark the code that proved it as used."""
    with secrets_of(user.pk):
        totp = _activate_totp(cls, user, secret)
    if context.request and (code := context.request.POST.get("code")):
        totp.validate_code(code)
    return totp


def validate_totp_code(totp: Any, code: str) -> bool:
    """Accept a code of a later time step than any accepted before (RFC 6238, section 5.2)."""
    try:
        with secrets_of(totp.instance.user_id):
            secret = decrypt_by_adapter(totp.instance.data["secret"])
    except DecryptionError as error:
        log.error("second factor cannot be decrypted", error=str(error))
        return False
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=totp.instance.pk).first()
        if row is None:  # removed in the meantime
            return False
        for counter in yield_hotp_counters_from_time():
            expected = format_hotp_value(hotp_value(secret, counter))
            is_later = counter > row.data.get(_LAST_COUNTER, -1)
            if compare_user_code(actual=code, expected=expected) and is_later:
                row.data[_LAST_COUNTER] = counter
                row.save(update_fields=["data"])
                totp.instance.data = row.data
                return True
    return False


def activate_recovery_codes(cls: type[Any], user: User) -> Any:
    with secrets_of(user.pk):
        return _activate_recovery_codes(cls, user)


def generate_recovery_codes(codes: Any) -> list[str]:
    """Return no codes if their seed is not this user's."""
    try:
        with secrets_of(codes.instance.user_id):
            return list(_generate_codes(codes))
    except DecryptionError as error:
        log.error("recovery codes cannot be decrypted", error=str(error))
        return []
