"""All rows of the product, to see which ones a change touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from django.db import connection

_APPS = ("accounts_", "billing_", "deployments_", "imaging_", "integrations_")
#: What allauth keeps of logins.
_OF_LOGINS = ("account_", "mfa_", "usersessions_")
#: The thread of the request log counts calls in them, at any time.
_OF_REQUEST_LOG = {"accounts_apikeyuse", "accounts_dailycalls"}


def count_changed(change: Callable[[], object]) -> Counter[str]:
    """Return how many rows of each table `change` changes or deletes; new ones do not count."""
    before = read_rows()
    change()
    after = read_rows()
    return Counter(table for (table, key), row in before.items() if after.get((table, key)) != row)


def read_rows() -> dict[tuple[str, str], str]:
    """Return the text of each row by table and key."""
    with connection.cursor() as cursor:
        cursor.execute(_statement())
        return {(table, key): row for table, key, row in cursor.fetchall()}


@cache
def _statement() -> str:
    with connection.cursor() as cursor:
        tables = [each for each in connection.introspection.table_names(cursor) if _of_app(each)]
        return " UNION ALL ".join(
            f"SELECT '{table}', t.{key}::text, t::text FROM {table} t"
            for table in tables
            if (key := connection.introspection.get_primary_key_column(cursor, table))
        )


def _of_app(table: str) -> bool:
    return table.startswith(_APPS + _OF_LOGINS) and table not in _OF_REQUEST_LOG
