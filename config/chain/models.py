"""The digests of a chain."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from config.chain.canonical import FIRST_HASH, canonical_json
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class DigestQuerySet(OwnedQuerySet["ChainDigest"]):
    def last_before(self, number: int | None = None) -> ChainDigest | None:
        """Return the last digest, or the last one before `number`."""
        rows = self if number is None else self.filter(number__lt=number)
        return rows.order_by("-number").first()

    def after(self, number: int) -> Self:
        return self.filter(number__gt=number).order_by("number")


class ChainDigest(models.Model):
    """Entries of a partner from the previous digest's `until` to this one's. Append-only.

    A subclass declares `partner` and a unique constraint on partner and number.
    """

    id = IdField()
    number = models.PositiveIntegerField(help_text="Counts a partner's digests from 1.")
    until = models.DateTimeField(help_text="Covers all entries before this time.")
    total = models.BigIntegerField(help_text="Entries in this digest and all before it.")
    entry_ids = ArrayField(models.CharField(max_length=24))
    hashes = models.BinaryField(help_text="The hash of each entry, 32 bytes, in the same order.")
    key_version = models.PositiveSmallIntegerField()
    signature = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    objects = DigestQuerySet.as_manager()

    # Of the subclass.
    partner_id: str

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} of {self.partner_id}"

    @property
    def last_hash(self) -> bytes:
        """Return the state of the chain."""
        return bytes(self.hashes)[-32:]

    def signed_text(self, chain: str) -> bytes:
        """Return what the signature covers; the last hash covers the entries."""
        facts = {
            "chain": chain,
            "partner": self.partner_id,
            "number": self.number,
            "until": self.until,
            "entries": self.total,
            "hash": self.last_hash.hex(),
        }
        return canonical_json(facts).encode()


def state_of(digest: ChainDigest | None) -> bytes:
    """Return the state of a chain after a digest; None is before the first."""
    return digest.last_hash if digest else FIRST_HASH
