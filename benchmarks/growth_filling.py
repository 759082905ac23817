"""Fills tables for a benchmark: partition by partition, in two sessions at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import connection, connections

from accounts.jobs import REQUEST_LOG
from benchmarks.growth_rows import ATTEMPTS, EVENTS, INSERTIONS, OF_PARTNER, USAGE, insertion
from config.db.clock import database_now
from config.db.partitions import PartitionedTable, read_partitions
from imaging.jobs import BOOKS
from integrations.models import WebhookEndpoint

#: Days that the rows are spread over.
DAYS = 120
_SESSIONS = 2
#: Of each session.
_SETTINGS = """
    SET statement_timeout = 0; SET synchronous_commit = off; SET session_replication_role = replica;
    SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0
"""
#: Charges of the last minutes could be those of calls in progress.
_PAST_SECONDS = 600
#: What is built when the rows are there, which takes a fraction of the time: its removal, and its
#: addition to a table and to a partition. What is unique in the books stays, because foreign keys
#: need it; their rows come in its order.
_INDEXES = """
    SELECT t.relname, format('DROP INDEX %%I', c.relname),
        replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON '),
        'CREATE INDEX ON {} ' || substring(pg_get_indexdef(c.oid) FROM 'USING .*')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE NOT i.indisunique AND i.indrelid = ANY (%s::regclass[])
"""
_KEY_OF_LOG = (
    "accounts_requestlog",
    "ALTER TABLE accounts_requestlog DROP CONSTRAINT accounts_requestlog_pkey",
    "ALTER TABLE accounts_requestlog ADD PRIMARY KEY (id)",
    "ALTER TABLE {} ADD PRIMARY KEY (id)",
)

Job = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table, numbered from 1 in the order of their times, evenly from `since` up to, but
    without, `until`, in seconds. One of `every` is the owner's."""

    table: PartitionedTable
    count: int
    since: float
    until: float
    every: int = OF_PARTNER

    def leaves(self) -> Iterator[Leaf]:
        """Cut them at the bounds of the partitions."""
        partitions = [each for each in read_partitions(self.table) if not each.is_default]
        for each in partitions:
            lower, upper = _seconds(each.lower, self.since), _seconds(each.upper, self.until)
            leaf = self.between(each.name, lower, upper)
            if leaf.first <= leaf.last:
                yield leaf
        if not partitions:
            yield self.between(self.table.name, self.since, self.until)

    def between(self, relation: str, lower: float, upper: float) -> Leaf:
        since, until = max(lower, self.since), min(upper, self.until)
        first, last = self._before(since) + 1, self._before(until)
        step = (until - since) / max(1, last - first + 1)
        return Leaf(self.table.name, relation, first, last, since, step, self.every)

    def _before(self, seconds: float) -> int:
        return round(self.count * (seconds - self.since) / (self.until - self.since))


@dataclass(frozen=True, slots=True)
class Leaf:
    """The rows of a partition, or of a whole table: `first` at `since`, the others `step` seconds
    apart."""

    table: str
    relation: str
    first: int
    last: int
    since: float
    step: float
    every: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def fill(
    owner: tuple[str, str],
    *,
    lines: int,
    operations: int,
    every: int = OF_PARTNER,
    days: int = DAYS,
) -> None:
    """Fill the request log, which is empty, and the books; one line of `every` is the owner's,
    given by the ids of partner and key."""
    now = database_now().timestamp()
    seconds, past = days * 86_400, now - _PAST_SECONDS
    log = Rows(REQUEST_LOG, lines, now - seconds, now, every)
    # Operations take longest.
    books = [Rows(table, operations, past - seconds, past) for table in reversed(BOOKS)]
    leaves = [leaf for rows in (log, *books) for leaf in rows.leaves()]
    leaves.sort(key=lambda leaf: leaf.count, reverse=True)
    with _indexes_afterwards() as indexes:
        _in_sessions(partial(_fill_leaf, leaf, owner, indexes[leaf.table]) for leaf in leaves)
    _in_sessions(partial(_vacuum, leaf.relation) for leaf in leaves)
    _in_sessions([_count_usage])


def fill_outbox(endpoint: WebhookEndpoint, *, events: int, days: int) -> None:
    """Add so many delivered events of an endpoint, each with its attempt."""
    values: dict[str, str | int] = {
        "partner": endpoint.partner_id,
        "endpoint": endpoint.pk,
        "events": events,
        "days": days,
    }
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, values)
        cursor.execute(ATTEMPTS)


@contextmanager
def _indexes_afterwards() -> Iterator[dict[str, list[str]]]:
    """Build them at the end; yield by table what the partitions can build before, since an index of
    a table takes over equal ones of its partitions."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(INSERTIONS)])
        found = [_KEY_OF_LOG, *cursor.fetchall()]
        of_table: dict[str, list[str]] = {}
        for table, removal, _, of_partition in found:
            cursor.execute(removal)
            of_table.setdefault(table, []).append(of_partition)
        yield of_table
        cursor.execute("SET statement_timeout = 0")
        for _, _, addition, _ in found:
            cursor.execute(addition)


def _fill_leaf(leaf: Leaf, owner: tuple[str, str], indexes: Iterable[str], cursor: Any) -> None:
    started = time.monotonic()
    insert = insertion(leaf.table, leaf.relation)
    if leaf.table == REQUEST_LOG.name:
        # PostgreSQL writes no WAL for a table that is emptied in the same transaction.
        insert = f'TRUNCATE "{leaf.relation}"; {insert}'
    cursor.execute(insert, {"partner": owner[0], "key": owner[1], **asdict(leaf)})
    inserted = time.monotonic()
    if leaf.relation != leaf.table:
        for index in indexes:
            cursor.execute(index.format(leaf.relation))
    print(
        f"{leaf.relation}: {leaf.count:,} rows in {inserted - started:.0f} s,"
        f" indexes in {time.monotonic() - inserted:.0f} s",
        file=sys.stderr,
    )


def _vacuum(relation: str, cursor: Any) -> None:
    cursor.execute(f'VACUUM ANALYZE "{relation}"')


def _count_usage(cursor: Any) -> None:
    cursor.execute(USAGE)


def _in_sessions(jobs: Iterable[Job]) -> None:
    """Run the jobs, each in a session of its own in the database that is chosen."""
    wrapper = connections["default"]

    def run(job: Job) -> None:
        session = wrapper.copy()
        try:
            with session.cursor() as cursor:
                cursor.execute(_SETTINGS)
                job(cursor)
        finally:
            session.close()

    with ThreadPoolExecutor(_SESSIONS) as pool:
        list(pool.map(run, jobs))


def _seconds(first_id: str | None, default: float) -> float:
    return default if first_id is None else int(first_id[:8], 16)
