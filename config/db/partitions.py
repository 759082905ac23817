"""Tables that are partitioned by month or year: ranges of ids, which begin with their time.

The primary key stays the id alone, so to the ORM they are tables like others. Each has a first
partition without a lower bound, made of the rows from before, and a default one that takes what has
no partition yet, so that no insert fails. The serving role owns no table; two SQL functions add and
drop partitions for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import connections, transaction

Period = Literal["month", "year"]

#: Months after the present one for which partitions are made in advance.
MONTHS_AHEAD = 3
_BOUNDS = re.compile(r"FROM \((MINVALUE|'[0-9a-f]+')\) TO \('([0-9a-f]+)'\)")
_READ = """
    SELECT c.relname, pg_get_expr(c.relpartbound, c.oid), pg_total_relation_size(c.oid),
           greatest(c.reltuples, 0)::bigint, coalesce(t.spcname, '')
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
    WHERE i.inhparent = to_regclass(%s) ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table, and the alias of the database it is in.

    `together` are the tables that are cut at the same ids, itself included, each after those that
    it refers to.
    """

    name: str
    alias: Callable[[], str]
    period: Period = "month"
    together: tuple[str, ...] = ()
    #: Return why a partition may not be detached, as a sentence for the operator, or "".
    why_kept: Callable[[Partition], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Partition:
    """Ids from `lower` up to, but without, `upper`; the default partition has neither."""

    name: str
    lower: str | None
    upper: str | None
    size: int
    #: As of the last ANALYZE.
    rows: int
    tablespace: str

    @property
    def is_default(self) -> bool:
        return self.upper is None


_registered: list[PartitionedTable] = []


def register_partitioned(
    *names: str,
    alias: Callable[[], str],
    period: Period = "month",
    why_kept: Callable[[Partition], str] = lambda _: "",
) -> list[PartitionedTable]:
    """Have partitions of the tables made in advance, all of them at the same ids."""
    tables = [PartitionedTable(name, alias, period, names, why_kept) for name in names]
    _registered.extend(tables)
    return tables


def partitioned_tables() -> list[PartitionedTable]:
    return list(_registered)


def read_partitions(table: PartitionedTable) -> list[Partition]:
    """Return the partitions in the order of their ids, the default one last."""
    with connections[table.alias()].cursor() as cursor:
        cursor.execute(_READ, [table.name])
        found = [_partition(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: each.upper or "g")


def partitions_beside(table: PartitionedTable, partition: Partition) -> list[tuple[str, str]]:
    """Return names of tables and their partitions of this range, what refers to others first."""
    tables = [each for each in _registered if each.name in table.together]
    return [
        (each.name, other.name)
        for each in reversed(tables)
        for other in read_partitions(each)
        if (other.lower, other.upper) == (partition.lower, partition.upper)
    ]


def has_rows_beyond(table: PartitionedTable, partitions: list[Partition]) -> bool:
    """Return whether rows are in the default partition because theirs was not made in time."""
    last = max(each.upper for each in partitions if each.upper)
    connection = connections[table.alias()]
    name = connection.ops.quote_name(table.name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name} WHERE id >= %s)", [last])  # noqa: S608
        return bool(cursor.fetchone()[0])


def covered_until(partitions: list[Partition]) -> datetime:
    """Return until when rows have a partition of their own."""
    last = max(each.upper for each in partitions if each.upper)
    return datetime.fromtimestamp(int(last, 16), UTC)


def add_partitions(table: PartitionedTable, months: int = MONTHS_AHEAD) -> int:
    """Add what is missing up to so many months from now; return the number of periods."""
    first, *others = table.together or (table.name,)
    return _call(
        table,
        "accounts_add_partitions(%s, %s, %s, %s::regclass[])",
        [first, months, table.period, others],
    )


def drop_partitions(table: PartitionedTable, before: str) -> int:
    """Drop those whose ids all come before the given one; return the number."""
    return _call(table, "accounts_drop_partitions(%s, %s)", [table.name, before])


def analyze_whole(table: PartitionedTable) -> None:
    """Refresh the planner's statistics of the whole table, however long that takes."""
    with (
        transaction.atomic(using=table.alias()),
        connections[table.alias()].cursor() as cursor,
    ):
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT accounts_analyze_whole(%s)", [table.name])


def _call(table: PartitionedTable, function: str, values: list[Any]) -> int:
    with connections[table.alias()].cursor() as cursor:
        cursor.execute(f"SELECT {function}", values)
        return int(cursor.fetchone()[0])


def _partition(name: str, bound: str, size: int, rows: int, tablespace: str) -> Partition:
    found = _BOUNDS.search(bound)
    lower, upper = (found[1].strip("'"), found[2]) if found else (None, None)
    return Partition(name, None if lower == "MINVALUE" else lower, upper, size, rows, tablespace)
