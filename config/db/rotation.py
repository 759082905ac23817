"""Re-encrypts every sealed column under the newest key, in batches, while the service runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet

from config.db.encryption import EncryptedModel, newest_version

_BATCH = 200
_SECOND_FACTOR_SECRETS = {"secret", "seed"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows of one table: how many were re-encrypted so far, how many there were to do."""

    table: str
    done: int
    total: int


def rotate_all() -> Iterator[Progress]:
    """A report after each batch. Stopping loses nothing: the rows themselves say what is left.

    Raises `config.db.encryption.DecryptionError` at the first value that no configured key opens.
    """
    for model in _sealed_models():
        yield from _rotate(model)
    yield from _rotate_second_factors()


def count_outdated() -> int:
    """Rows that still need an older key than the newest."""
    sealed = sum(_outdated(model).count() for model in _sealed_models())
    return sealed + _outdated_second_factors().count()


def _sealed_models() -> list[type[EncryptedModel]]:
    return [model for model in apps.get_models() if issubclass(model, EncryptedModel)]


def _rotate(model: type[EncryptedModel]) -> Iterator[Progress]:
    table, done, last = model._meta.db_table, 0, ""
    total = _outdated(model).count()
    yield Progress(table, done, total)
    while batch := _rotate_batch(model, last):
        last = batch[-1]
        done += len(batch)
        yield Progress(table, done, max(total, done))


def _rotate_batch(model: type[EncryptedModel], last: str) -> list[str]:
    """Row by row under its lock, so that a change made meanwhile is what gets encrypted."""
    with transaction.atomic():
        rows = list(
            _outdated(model).filter(pk__gt=last).order_by("pk").select_for_update()[:_BATCH]
        )
        for row in rows:
            for field in filter(partial(getattr, row), model.encrypted_fields):
                row.set_encrypted(field, row.get_decrypted(field))
            row.save(update_fields=list(model.encrypted_fields))
    return [row.pk for row in rows]


def _outdated(model: type[EncryptedModel]) -> QuerySet[EncryptedModel]:
    current = f"v{newest_version()}."
    outdated = Q()
    for field in model.encrypted_fields:
        # An empty column holds nothing yet.
        outdated |= ~Q(**{f"{field}__startswith": current}) & ~Q(**{field: ""})
    return model._default_manager.filter(outdated)


def _rotate_second_factors() -> Iterator[Progress]:
    """allauth keeps their secrets in a JSON column, encrypted by `accounts.allauth`."""
    table, done, total = Authenticator._meta.db_table, 0, _outdated_second_factors().count()
    yield Progress(table, done, total)
    while size := _rotate_batch_of_second_factors():
        done += size
        yield Progress(table, done, max(total, done))


def _rotate_batch_of_second_factors() -> int:
    with transaction.atomic():
        rows = list(_outdated_second_factors().order_by("pk").select_for_update()[:_BATCH])
        for row in rows:
            for name in row.data.keys() & _SECOND_FACTOR_SECRETS:
                row.data[name] = encrypt(decrypt(row.data[name]))
            row.save(update_fields=["data"])
    return len(rows)


def _outdated_second_factors() -> QuerySet[Authenticator]:
    outdated = Q()
    for name in _SECOND_FACTOR_SECRETS:
        is_current = Q(**{f"data__{name}__startswith": f"v{newest_version()}."})
        outdated |= Q(data__has_key=name) & ~is_current
    return Authenticator.objects.filter(outdated)
