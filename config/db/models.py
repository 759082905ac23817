"""The table that recognizes the keys of an installation."""

from __future__ import annotations

from django.db import models


class KeyCanary(models.Model):
    """A known text encrypted with a field key, or hashed with the lookup key.

    A restored database with the wrong keys is noticed by them before a row is read or written.
    """

    name = models.CharField(max_length=20, primary_key=True)
    value = models.TextField()

    def __str__(self) -> str:
        return self.name
