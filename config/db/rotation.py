"""Re-encrypt every encrypted column under the first key, in batches, while the service runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from config.db.encryption import EncryptedModel, current_version

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How many rows of one table were re-encrypted so far, and how many had to be."""

    table: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class EncryptedTable:
    """A table with ciphertexts. Models derived from `EncryptedModel` are found; others are
    registered."""

    model: type[Model]
    #: Return rows with a value that does not start with the given prefix.
    outdated: Callable[[str], QuerySet[Any]]
    #: Re-encrypt the values of a row; return the names of the changed fields.
    reencrypt: Callable[[Any], Sequence[str]]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def rows(self) -> QuerySet[Any]:
        """Return the rows that are encrypted with another key than the first."""
        return self.outdated(f"v{current_version()}.")


_registered: list[EncryptedTable] = []


def register_encrypted_table(table: EncryptedTable) -> None:
    _registered.append(table)


def rotate_all() -> Iterator[Progress]:
    """Yield progress after each batch; it can be interrupted and repeated at any time.

    Raises `config.db.encryption.DecryptionError` at the first value that no configured key
    decrypts.
    """
    for table in _tables():
        yield from _rotate(table)


def count_outdated() -> int:
    return sum(table.rows().count() for table in _tables())


def _tables() -> list[EncryptedTable]:
    models = [model for model in apps.get_models() if issubclass(model, EncryptedModel)]
    return [*(_table_of(model) for model in models), *_registered]


def _table_of(model: type[EncryptedModel]) -> EncryptedTable:
    return EncryptedTable(model, partial(_outdated, model), _reencrypt)


def _outdated(model: type[EncryptedModel], prefix: str) -> QuerySet[EncryptedModel]:
    outdated = Q()
    for field in model.encrypted_fields:
        # An empty column has no ciphertext yet.
        outdated |= ~Q(**{f"{field}__startswith": prefix}) & ~Q(**{field: ""})
    return model._default_manager.filter(outdated)


def _reencrypt(row: EncryptedModel) -> Sequence[str]:
    for field in filter(partial(getattr, row), row.encrypted_fields):
        row.set_encrypted(field, row.get_decrypted(field))
    return row.encrypted_fields


def _rotate(table: EncryptedTable) -> Iterator[Progress]:
    done, last = 0, None
    total = table.rows().count()
    yield Progress(table.name, done, total)
    while batch := _rotate_batch(table, last):
        last = batch[-1]
        done += len(batch)
        yield Progress(table.name, done, max(total, done))


def _rotate_batch(table: EncryptedTable, last: Any) -> list[Any]:
    """Lock each row, so that concurrent changes are not overwritten."""
    with transaction.atomic():
        rows = table.rows() if last is None else table.rows().filter(pk__gt=last)
        batch = list(rows.order_by("pk").select_for_update()[:_BATCH])
        for row in batch:
            row.save(update_fields=list(table.reencrypt(row)))
    return [row.pk for row in batch]
