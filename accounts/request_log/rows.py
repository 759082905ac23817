"""Write the rows of a batch of calls: the request log, last uses of keys, and counts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from accounts.request_log.activity import ActivityNotes, Row, write_activity
from accounts.request_log.lines import LogLine
from accounts.request_log.refused_calls import write_counts
from config.db.ids import id_of, new_id
from config.db.logs import log_alias

# COPY takes a fifth of the time of an ORM insert, and competes less with calls.
_COPY = f"COPY accounts_requestlog (id, {', '.join(LogLine._fields)}) FROM STDIN"
_COUNT = """
    INSERT INTO accounts_dailycalls AS c (id, partner_id, day, key_id, succeeded, refused, failed)
    SELECT max(id), partner, (at AT TIME ZONE zone)::date, key,
           sum(succeeded), sum(refused), sum(failed)
    FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::int[], %s::int[], %s::int[],
                %s::text[], %s::text[])
        AS counted (partner, at, key, succeeded, refused, failed, id, zone)
    GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
    ON CONFLICT (partner_id, day, key_id) DO UPDATE SET
        succeeded = c.succeeded + excluded.succeeded,
        refused = c.refused + excluded.refused,
        failed = c.failed + excluded.failed
"""
_ZONES = "SELECT id, time_zone FROM accounts_partner WHERE id = ANY (%s)"
_USE = """
    INSERT INTO accounts_apikeyuse AS u (key_id, partner_id, at)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[])
    ON CONFLICT (key_id) DO UPDATE SET at = greatest(u.at, excluded.at)
"""


def write_lines(
    lines: list[LogLine],
    counted: Sequence[LogLine] = (),
    counts: Sequence[Any] = (),
    activity: list[Row] | None = None,
) -> None:
    """Write lines, last uses of keys and daily counts in one transaction of each database;
    `counts` are those of `counted`, which get no rows. Without `activity`, all of it is
    written."""
    with ExitStack() as stack:
        for alias in dict.fromkeys((DEFAULT_DB_ALIAS, log_alias())):
            stack.enter_context(transaction.atomic(using=alias))
        log_cursor = stack.enter_context(connections[log_alias()].cursor())
        cursor = stack.enter_context(connections[DEFAULT_DB_ALIAS].cursor())
        _copy(log_cursor, lines)
        # All in a fixed order, so that two processes cannot deadlock.
        _execute(cursor, _USE, _newest_uses([*lines, *counted]))
        _execute(log_cursor, _COUNT, _with_zones(cursor, _count_calls([*lines, *counted])))
        write_counts(cursor, list(counts))
        write_activity(cursor, ActivityNotes().take(lines) if activity is None else activity)


def _copy(cursor: Any, lines: list[LogLine]) -> None:
    with cursor.db.wrap_database_errors, cursor.copy(_COPY) as copy:
        for line in lines:
            # The id decides the partition, so it begins with the time of the row.
            copy.write_row((id_of(line.at), *line))


def _execute(cursor: Any, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _with_zones(cursor: Any, counts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Add an id and the company's time zone to each row of counts; leave out unknown companies."""
    if not counts:
        return []
    cursor.execute(_ZONES, [sorted({row[0] for row in counts})])
    zones = dict(cursor.fetchall())
    return [(*row, new_id(), zones[row[0]]) for row in counts if row[0] in zones]


def _newest_uses(lines: list[LogLine]) -> list[tuple[Any, ...]]:
    """Rows of `ApiKeyUse`, sorted as a lock order."""
    newest: dict[tuple[str, str], datetime] = {}
    for line in lines:
        if line.key_id:
            key = (line.key_id, line.partner_id)
            newest[key] = max(line.at, newest.get(key, line.at))
    return [(*key, at) for key, at in sorted(newest.items())]


def _count_calls(lines: list[LogLine]) -> list[tuple[Any, ...]]:
    """Return the calls of each quarter of an hour, of which the days of every time zone consist;
    calls without a valid key are not counted."""
    counts: dict[tuple[str, datetime, str], list[int]] = {}
    for line in lines:
        if line.key_id:
            quarter = line.at.replace(minute=line.at.minute // 15 * 15, second=0, microsecond=0)
            row = (line.partner_id, quarter, line.key_id)
            outcomes = counts.setdefault(row, [0, 0, 0])
            outcomes[(line.status >= 400) + (line.status >= 500)] += 1
    return [(*row, *outcomes) for row, outcomes in sorted(counts.items())]
