"""Puts partitioned tables in the place of others, which become their first partitions.

No row and no index is written. What a table has is read before it gets another name, so that the
same statements make it again on the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: A constraint that all rows of a table come before the bound.
PROOF = "fits_partition"
_GRANTS = """
    SELECT acl.privilege_type, acl.grantee::regrole::text
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) acl
    WHERE c.oid = to_regclass(%s) AND acl.grantee NOT IN (0, c.relowner)
"""
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisprimary, i.indisunique
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(%s)
"""
_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid), tgtype & 1 = 1 FROM pg_trigger
    WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal
"""
_REFERENCES = """
    SELECT conrelid::regclass::text, confrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND to_regclass(%s) IN (conrelid, confrelid)
"""


@dataclass(frozen=True, slots=True)
class _Reference:
    """A foreign key."""

    source: str
    target: str
    name: str
    definition: str

    @property
    def addition(self) -> str:
        return f'ALTER TABLE {self.source} ADD CONSTRAINT "{self.name}" {self.definition}'

    @property
    def removal(self) -> str:
        return f'ALTER TABLE {self.source} DROP CONSTRAINT "{self.name}"'


def exchange(cursor: Any, tables: Sequence[str], bound: str) -> None:
    """Make each the partition of the ids before `bound`, beside an empty one for all others.

    Indexes, row triggers, privileges and the foreign keys from and to other tables belong to the
    new table. Storage parameters, unique indexes without the id, triggers on TRUNCATE and foreign
    keys between the tables stay with the partitions.
    """
    # Shorter than PostgreSQL waits until it looks for deadlocks, whose victim could be a call.
    cursor.execute("SET LOCAL lock_timeout = '500ms'")
    cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    references = [reference for table in tables for reference in _references(cursor, table)]
    for table in tables:
        outgoing = [x for x in references if x.source == table and x.target not in tables]
        incoming = [x for x in references if x.target == table and x.source not in tables]
        for reference in incoming:
            cursor.execute(reference.removal)
        _make_first(cursor, table, outgoing)
        # Equal indexes and keys of the old table become parts of the new ones; none is built.
        cursor.execute(
            f'ALTER TABLE "{table}" ATTACH PARTITION "{table}_first"'
            f" FOR VALUES FROM (MINVALUE) TO ('{bound}')"
        )
        cursor.execute(f'ALTER TABLE "{table}_first" DROP CONSTRAINT {PROOF}')
        cursor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
        cursor.execute("SELECT accounts_complete_partition(%s, 'first', 'default')", [table])
        for reference in incoming:
            cursor.execute(reference.addition)


def _make_first(cursor: Any, table: str, outgoing: Sequence[_Reference]) -> None:
    """Give the table another name, and make a partitioned one like it under the old name."""
    first = f"{table}_first"
    grants, indexes, triggers = (_read(cursor, x, table) for x in (_GRANTS, _INDEXES, _TRIGGERS))
    cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{first}"')
    cursor.execute(
        f'CREATE TABLE "{table}" (LIKE "{first}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)'
        " PARTITION BY RANGE (id)"
    )
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT {PROOF}')
    for privilege, grantee in grants:
        cursor.execute(f'GRANT {privilege} ON "{table}" TO {grantee}')
        cursor.execute(f'REVOKE {privilege} ON "{first}" FROM {grantee}')
    for name, definition, is_primary, is_unique in indexes:
        cursor.execute(f'ALTER INDEX "{name}" RENAME TO "{name[:56]}_first"')
        if is_primary:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" PRIMARY KEY (id)')
        elif not is_unique:
            cursor.execute(definition)
    for name, definition, is_for_each_row in triggers:
        if is_for_each_row:  # the new table's is passed on to its partitions
            cursor.execute(f'DROP TRIGGER "{name}" ON "{first}"')
        cursor.execute(definition)
    for reference in outgoing:
        cursor.execute(reference.addition)


def _references(cursor: Any, table: str) -> list[_Reference]:
    return [_Reference(*row) for row in _read(cursor, _REFERENCES, table)]


def _read(cursor: Any, statement: str, table: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement, [table])
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
