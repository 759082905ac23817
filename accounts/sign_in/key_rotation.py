"""Rotation of the keys that encrypt sessions and the secrets of second factors.

allauth stores the latter in a JSON column, encrypted by `accounts.sign_in.second_factors`.
"""

from __future__ import annotations

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from accounts.sign_in.second_factors import decrypt_secret, encrypt_secret, secrets_of
from config.db.rotation import EncryptedTable, register_encrypted_table
from config.pages.sessions import reencrypt_session

_SECRETS = ("secret", "seed")


def outdated(prefix: str) -> QuerySet[Authenticator]:
    found = Q()
    for name in _SECRETS:
        found |= Q(data__has_key=name) & ~Q(**{f"data__{name}__startswith": prefix})
    outdated: QuerySet[Authenticator] = Authenticator.objects.filter(found)
    return outdated


def reencrypt(row: Authenticator) -> Sequence[str]:
    with secrets_of(row.user_id):
        for name in row.data.keys() & set(_SECRETS):
            row.data[name] = encrypt_secret(decrypt_secret(row.data[name]))
    return ["data"]


def outdated_sessions(prefix: str) -> QuerySet[Session]:
    return Session.objects.exclude(session_data__startswith=prefix).exclude(session_data="")


def register() -> None:
    register_encrypted_table(EncryptedTable(Session, outdated_sessions, reencrypt_session))
    register_encrypted_table(EncryptedTable(Authenticator, outdated, reencrypt))
