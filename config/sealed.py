"""Models with encrypted columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from config.crypto import Place, decrypt, encrypt


class SealedModel(models.Model):
    """Encrypts the columns of `sealed_fields`, each value bound to its table, column and row.

    The primary key has to be known before a value is sealed, as `config.fields.IdField` makes
    sure. `manage.py rotate_keys` finds these models by this class.
    """

    sealed_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def seal(self, field: str, text: str) -> None:
        """Sets a column to the ciphertext of `text`; saving is the caller's."""
        setattr(self, field, encrypt(text, self.place(field)))

    def unseal(self, field: str) -> str:
        """The text of a column; raises `config.crypto.Undecryptable`."""
        return decrypt(getattr(self, field), self.place(field))

    def place(self, field: str) -> Place:
        return Place(f"{self._meta.db_table}.{field}", str(self.pk))
