"""Migrations that make a table with rows the first partition of one of its name."""

from __future__ import annotations

from typing import Any

from django.db import migrations, transaction

from config.db.functions import LOG_FUNCTIONS, install_functions
from config.db.partitions import MONTHS_AHEAD

#: While rows are checked, which takes minutes, none may come that is beyond the bound.
_FIRST_BOUND = """
    SELECT lpad(to_hex(extract(epoch FROM (date_trunc(
        'month', clock_timestamp() AT TIME ZONE 'UTC' + interval '7 days') + interval '1 month')
        AT TIME ZONE 'UTC')::bigint), 8, '0')
"""
_GRANTS = """
    SELECT acl.privilege_type, acl.grantee::regrole::text
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) acl
    WHERE c.oid = to_regclass(%s) AND acl.grantee NOT IN (0, c.relowner)
"""
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisprimary
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(%s)
"""


def partition_by_month(table: str, **hints: Any) -> migrations.RunPython:
    """Return an operation that makes a table the first partition of a new one of its name.

    For migrations with `atomic = False`: the rows are read once, without a lock that stops a call,
    to prove that they fit; the exchange itself takes milliseconds. Foreign keys and triggers are
    not carried over.
    """

    def partition(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what RunPython passes
        connection = schema_editor.connection
        install_functions(LOG_FUNCTIONS, using=connection.alias)
        with connection.cursor() as cursor:
            cursor.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)", [table])
            if cursor.fetchone() == ("p",):
                return
            cursor.execute(_FIRST_BOUND)
            [bound] = cursor.fetchone()
            _prove_bound(cursor, table, bound)
            with transaction.atomic(using=connection.alias):
                _exchange(cursor, table, bound)
                cursor.execute("SELECT accounts_add_partitions(%s, %s)", [table, MONTHS_AHEAD])

    return migrations.RunPython(partition, migrations.RunPython.noop, hints=hints)


def _prove_bound(cursor: Any, table: str, bound: str) -> None:
    """Check a constraint beforehand that spares the exchange reading the table under its lock."""
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS fits_partition')
    cursor.execute(
        f"ALTER TABLE \"{table}\" ADD CONSTRAINT fits_partition CHECK (id < '{bound}') NOT VALID"
    )
    cursor.execute(f'ALTER TABLE "{table}" VALIDATE CONSTRAINT fits_partition')


def _exchange(cursor: Any, table: str, bound: str) -> None:
    first = f"{table}_first"
    cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{first}"')
    cursor.execute(
        f'CREATE TABLE "{table}" (LIKE "{first}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)'
        " PARTITION BY RANGE (id)"
    )
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT fits_partition')
    cursor.execute(_GRANTS, [first])
    for privilege, grantee in cursor.fetchall():
        cursor.execute(f'GRANT {privilege} ON "{table}" TO {grantee}')
    cursor.execute(_INDEXES, [first])
    for name, definition, is_primary in cursor.fetchall():
        cursor.execute(f'ALTER INDEX "{name}" RENAME TO "{name[:56]}_first"')
        if is_primary:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" PRIMARY KEY (id)')
        else:
            cursor.execute(definition.replace(f"{first} ", f"{table} ", 1))
    # Now the equal indexes of the old table become parts of the new ones; none is built.
    cursor.execute(
        f'ALTER TABLE "{table}" ATTACH PARTITION "{first}"'
        f" FOR VALUES FROM (MINVALUE) TO ('{bound}')"
    )
    cursor.execute(f'ALTER TABLE "{first}" DROP CONSTRAINT fits_partition')
    cursor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
