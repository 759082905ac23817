"""Query plans: whether a statement finds its rows by an index."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from config.db.owned import SANDBOX_PREFIX

#: Rows that a migration made or staff register: a handful at any time.
_SMALL = {
    "accounts_staffinvitation",
    "billing_ledgeralert",
    "billing_package",
    "billing_packageprice",
    "billing_tier",
    "imaging_providercost",
    "integrations_integration",
}

_PAGE = re.compile(r"(?: ORDER BY [^()]*)? LIMIT \d+(?: OFFSET \d+)?\Z")
#: No filter, or one that most rows pass: those of no sandbox.
_MOST_ROWS = re.compile(rf"(?:\(+\w*\.?partner_id\)?(?:::text)? < '{SANDBOX_PREFIX}'::\w+\)+)?")
#: Nodes that hand on each row as it comes. A bitmap of a whole index does not, but before a limit
#: the planner chooses one only for partitions without rows.
_PASSING = {
    "Append",
    "Bitmap Heap Scan",
    "Incremental Sort",
    "Limit",
    "Merge Append",
    "Nested Loop",
    "Result",
    "Subquery Scan",
}

#: To the planner, each page of a table with rows holds a million, and a table without rows is new.
#: How many there are, and how many earlier tests have left behind, decides nothing.
_AS_IF_LARGE = """
    SELECT pg_restore_relation_stats(
        'schemaname', 'public', 'relname', relname::text, 'relpages', 1,
        'reltuples', (CASE WHEN pg_relation_size(oid) > 0 THEN 1000000 ELSE -1 END)::real)
    FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace
"""

#: What was measured of rows of other tests: one invoice makes the planner believe that its number
#: is the number of them all.
_WITHOUT_MEASURED_COLUMNS = """
    SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
    FROM pg_stats WHERE schemaname = 'public'
"""


def scans_without_index(statements: list[str]) -> list[str]:
    """Return the scans that read a whole table, or an index from end to end, and their statement.

    The planner is kept from choosing them, so that what is left has no other way. A partial index
    holds only the rows that are looked for. The inner side of a join, which looks one row up by its
    key, is left out.
    """
    with connection.cursor() as cursor:
        plan_for_large_tables(cursor)
        partial = _partial_indexes(cursor)
        return [
            f"{node.get('Relation Name') or node.get('Index Name')}: {statement}"
            for statement in statements
            for node in _nodes(_explain(cursor, statement))
            if _is_scan(node) and not _is_bounded(node, partial)
        ]


def long_reads(statements: list[str], whole: frozenset[str] = frozenset()) -> list[str]:
    """Return the scans that read a whole table to find some rows, and their statement.

    A scan that stops at the rows of a page has no other condition to fulfil on its way there. With
    a limit, the planner guesses that enough rows come early; a statement passes as well if an index
    finds its rows without. The tables of `whole` may be read from end to end.
    """
    with connection.cursor() as cursor:
        partial = _partial_indexes(cursor)
        found = []
        for statement in statements:
            without_page = _PAGE.sub("", statement)
            scans = _long_scans(cursor, statement, partial) - whole
            if scans and _long_scans(cursor, without_page, partial) - whole:
                found.append(f"{', '.join(sorted(scans))}: {statement}")
        return found


def _long_scans(cursor: Any, statement: str, partial: set[str]) -> set[str]:
    return {
        str(node.get("Relation Name") or node.get("Index Name"))
        for node, is_page in _streams(_explain(cursor, statement), is_page=False)
        if _is_scan(node) and not _is_bounded(node, partial)
        if not (is_page and _MOST_ROWS.fullmatch(node.get("Filter", "")))
    }


def _streams(node: dict[str, Any], *, is_page: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield each node, and whether what it returns is limited with nothing sorted in between."""
    yield node, is_page
    is_page = node["Node Type"] == "Limit" or (is_page and node["Node Type"] in _PASSING)
    for child in node.get("Plans", ()):
        if child["Parent Relationship"] != "Inner":
            yield from _streams(child, is_page=is_page)


def plan_for_large_tables(cursor: Any) -> None:
    """Let the planner decide until the transaction ends as if every table with rows were large."""
    for method in ("seqscan", "hashjoin", "mergejoin", "material"):
        cursor.execute(f"SET LOCAL enable_{method} = off")
    cursor.execute(_AS_IF_LARGE)
    cursor.execute(_WITHOUT_MEASURED_COLUMNS)


def _partial_indexes(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT relname FROM pg_class JOIN pg_index ON oid = indexrelid WHERE indpred IS NOT NULL"
    )
    return {name for (name,) in cursor.fetchall()}


def _explain(cursor: Any, statement: str) -> dict[str, Any]:
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
    (plan,) = cursor.fetchone()
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    root: dict[str, Any] = parsed[0]["Plan"]
    return root


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        if child["Parent Relationship"] != "Inner":
            yield from _nodes(child)


def _is_scan(node: dict[str, Any]) -> bool:
    return node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan")


def _is_bounded(node: dict[str, Any], partial: set[str]) -> bool:
    if node.get("Relation Name") in _SMALL:
        return True
    return "Index Cond" in node or node.get("Index Name") in partial
