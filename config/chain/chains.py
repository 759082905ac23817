"""Registry of chains: each app registers its own in its module `chains`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from config.chain.canonical import canonical_json
from config.chain.models import DigestQuerySet
from config.db.ids import first_id
from config.db.owned import OwnedQuerySet

#: An entry: its time, its id and its canonical form.
Entry = tuple[datetime, str, str]

_OWNERS = "SELECT * FROM accounts_owners_of(%s)"
_WITH_NEW_ENTRIES = """
    SELECT known.id FROM unnest(%s::text[]) AS known(id)
    WHERE EXISTS (
        SELECT FROM {table} e
        WHERE e.partner_id = known.id AND e.{time} < %s AND e.{time} >= coalesce(
            (SELECT until FROM {digests} d WHERE d.partner_id = known.id
             ORDER BY number DESC LIMIT 1), '-infinity'))
    ORDER BY known.id
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """An append-only table and its digests; entries are ordered by `time_field` and id.

    `fields` are the columns that the hashes cover. They are part of the format: once there are
    digests, a new column is not covered unless those digests keep their own list.
    """

    name: str
    entries: type[models.Model]
    digest_model: type[models.Model]
    time_field: str
    fields: tuple[str, ...]

    def digests(self, partner_id: str) -> DigestQuerySet:
        rows: DigestQuerySet = self.digest_model._default_manager.of(partner_id)  # type: ignore[attr-defined]
        return rows

    def read(
        self, partner_id: str, *, since: datetime | None, until: datetime, most: int | None = None
    ) -> list[Entry]:
        """Read a partner's entries in the order of the chain, `until` excluded."""
        rows: OwnedQuerySet[Any] = self.entries._default_manager.of(partner_id)  # type: ignore[attr-defined]
        rows = rows.filter(**{f"{self.time_field}__lt": until})
        if since:
            rows = rows.filter(**{f"{self.time_field}__gte": since})
        ordered = rows.order_by(self.time_field, "pk").values(*self.fields)
        return [self._entry(values) for values in ordered[:most]]

    def has_new_entries(self, partner_id: str, *, before: datetime) -> bool:
        """Return whether the partner has entries before a time that are in no digest."""
        last = self.digests(partner_id).last_before()
        since = last.until if last else None
        return bool(self.read(partner_id, since=since, until=before, most=1))

    def find(self, partner_id: str, entry_id: str) -> str | None:
        """Return the canonical form of an entry, whatever its time is."""
        rows: OwnedQuerySet[Any] = self.entries._default_manager.of(partner_id)  # type: ignore[attr-defined]
        values = rows.filter(pk=entry_id).values(*self.fields).first()
        return canonical_json(values) if values else None

    def _entry(self, values: dict[str, Any]) -> Entry:
        return values[self.time_field], values["id"], canonical_json(values)

    def partners(self) -> list[str]:
        """Return the partners that have digests."""
        return list(self._ids(_OWNERS, self.digest_model._meta.db_table))

    def first_digests(self, since: datetime | None) -> list[tuple[str, int]]:
        """Return the number of each partner's first digest that was written since a time."""
        rows: Any = self.digest_model._default_manager
        if since:
            rows = rows.filter(pk__gte=first_id(since))
        return list(rows.order_by().values_list("partner_id").annotate(models.Min("number")))

    def partners_with_new_entries(self, before: datetime) -> list[str]:
        """Return the partners with entries before a time that are in no digest."""
        table = self.entries._meta.db_table
        statement = _WITH_NEW_ENTRIES.format(
            table=table, digests=self.digest_model._meta.db_table, time=self.time_field
        )
        return list(self._ids(statement, list(self._ids(_OWNERS, table)), before))

    def _ids(self, statement: str, *parameters: Any) -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            yield from (row[0] for row in cursor.fetchall())


_chains: dict[str, Chain] = {}


def register_chain(chain: Chain) -> Chain:
    _chains[chain.name] = chain
    return chain


def registered_chains() -> Iterable[Chain]:
    return _chains.values()


def find_chain(name: str) -> Chain:
    """Raise `KeyError`."""
    return _chains[name]
