"""A cache in the database that stores JSON.

Django's own stores pickles: writing a row there would be running code in every process that reads
it. Values here can be anything that JSON has; a tuple comes back as a list.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connection
from django.utils import timezone

_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
#: Counting the entries takes longer than writing one.
_WRITES_PER_CULL = 100

_GET = "SELECT cache_key, value FROM {table} WHERE cache_key = ANY(%s) AND expires > %s"
_SET = """
    INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
_CULL = """
    DELETE FROM {table} WHERE expires < %s OR cache_key IN (
        SELECT cache_key FROM {table} WHERE cache_key !~ %s ORDER BY expires DESC OFFSET %s)
"""


class JSONCache(BaseDatabaseCache):
    """Uses the table that `createcachetable` makes.

    Entries whose key matches the option `KEEP`, a regular expression, stay until they expire,
    however many others there are.
    """

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self._keep: str = params.get("OPTIONS", {}).get("KEEP", "^$")

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        stored = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(self._name(_GET), [list(stored), timezone.now()])
            rows = cursor.fetchall()
        return {stored[name]: value for name, text in rows for value in _read(text)}

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._execute(_SET, self._row(key, value, timeout, version))
        if random.randrange(_WRITES_PER_CULL) == 0:  # noqa: S311 - not a secret
            self.cull()

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Return whether there was no entry; of concurrent calls, one returns True."""
        row = self._row(key, value, timeout, version)
        return bool(self._execute(f"{_SET} WHERE {{table}}.expires < %s", [*row, timezone.now()]))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        statement = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires > %s"
        return bool(self._execute(statement, [self._expiry(timeout), name, timezone.now()]))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._delete([key], version)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self._delete(keys, version)

    def clear(self) -> None:
        self._execute("DELETE FROM {table}", [])

    def cull(self) -> None:
        """Delete what has expired and, beyond the limit, what expires next."""
        self._execute(_CULL, [timezone.now(), self._keep, self._max_entries])

    def _delete(self, keys: Iterable[str], version: int | None) -> bool:
        names = [self.make_and_validate_key(key, version=version) for key in keys]
        return bool(self._execute("DELETE FROM {table} WHERE cache_key = ANY(%s)", [names]))

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        name = self.make_and_validate_key(key, version=version)
        return [name, json.dumps(value), self._expiry(timeout)]

    def _expiry(self, timeout: Any) -> datetime:
        at = self.get_backend_timeout(timeout)
        return _NEVER if at is None else datetime.fromtimestamp(at, tz=UTC)

    def _name(self, statement: str) -> str:
        return statement.format(table=connection.ops.quote_name(self._table))  # type: ignore[attr-defined]

    def _execute(self, statement: str, parameters: list[Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._name(statement), parameters)
            return int(cursor.rowcount)


def _read(text: str) -> Iterable[Any]:
    """Yield the value; nothing for what is not JSON."""
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        return
