"""Whether the configured keys are those that encrypted and hashed the data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from config.db.encryption import (
    DecryptionError,
    EncryptionContext,
    current_version,
    decrypt,
    encrypt,
    lookup_hashes,
)
from config.db.models import KeyCanary

_TEXT = "ShopIQ"
_FIELD, _LOOKUP = "field:", "lookup"


class WrongKeys(CommandError):
    """A key is missing or is not the one that the data was written with."""


def install_canaries(**_: Any) -> None:
    """Add the canaries of new keys; receive `post_migrate`."""
    name = f"{_FIELD}{current_version()}"
    KeyCanary.objects.get_or_create(name=name, defaults={"value": encrypt(_TEXT, _context(name))})
    KeyCanary.objects.get_or_create(name=_LOOKUP, defaults={"value": _hashes()[0]})


def remove_old_canaries() -> None:
    """Let old field keys be removed from the settings, once no row needs them."""
    fields = KeyCanary.objects.filter(name__startswith=_FIELD)
    fields.exclude(name=f"{_FIELD}{current_version()}").delete()


def renew_lookup_canary() -> None:
    """Let former lookup keys be removed from the settings, once no row needs them."""
    KeyCanary.objects.update_or_create(name=_LOOKUP, defaults={"value": _hashes()[0]})


def find_wrong_keys() -> list[str]:
    """Return a sentence for each wrong key; raise `DatabaseError` if the database cannot tell."""
    problems = (_problem(canary) for canary in KeyCanary.objects.all())
    return [problem for problem in problems if problem]


def require_right_keys() -> None:
    """Raise `WrongKeys`; an unavailable database is no reason not to start."""
    try:
        problems = find_wrong_keys()
    except DatabaseError:
        connection.close()
        return
    if problems:
        raise WrongKeys(" ".join(problems))


def _problem(canary: KeyCanary) -> str | None:
    if canary.name == _LOOKUP:
        is_right = canary.value in _hashes()
        return None if is_right else "LOOKUP_KEY is not the one that the data was written with."
    version = canary.name.removeprefix(_FIELD)
    if version not in {entry.partition(":")[0] for entry in settings.FIELD_ENCRYPTION_KEYS}:
        return f"FIELD_ENCRYPTION_KEYS lacks version {version}, which the data needs."
    try:
        decrypt(canary.value, _context(canary.name))
    except DecryptionError:
        return f"FIELD_ENCRYPTION_KEYS has another key as version {version} than the data needs."
    return None


def _context(name: str) -> EncryptionContext:
    return EncryptionContext("encryption_keycanary.value", name)


def _hashes() -> list[str]:
    return [value.hex() for value in lookup_hashes("canary", _TEXT)]
