"""Rotation of the keys that encrypt the secrets of second factors.

allauth stores these in a JSON column, encrypted by `accounts.allauth.SecondFactorAdapter`.
"""

from __future__ import annotations

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db.models import Q, QuerySet

from config.db.rotation import EncryptedTable, register_encrypted_table

_SECRETS = ("secret", "seed")


def outdated(prefix: str) -> QuerySet[Authenticator]:
    found = Q()
    for name in _SECRETS:
        found |= Q(data__has_key=name) & ~Q(**{f"data__{name}__startswith": prefix})
    outdated: QuerySet[Authenticator] = Authenticator.objects.filter(found)
    return outdated


def reencrypt(row: Authenticator) -> Sequence[str]:
    for name in row.data.keys() & set(_SECRETS):
        row.data[name] = encrypt(decrypt(row.data[name]))
    return ["data"]


def register() -> None:
    register_encrypted_table(EncryptedTable(Authenticator, outdated, reencrypt))
