"""What the serving role may do with each table, granted after every `migrate`.

It may read, insert, update and delete rows, except in tables that an app has registered in its
module `grants`. It owns nothing, so it can neither truncate a table nor disable a trigger. Changing
a registration and running `manage.py migrate` is enough; `manage.py check --database default`
reports differences.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction

_LOCK = 0x6772616E
PRIVILEGES = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_registered: dict[str, frozenset[str]] = {}

_READ_TABLES = """
    SELECT c.relname, pg_get_userbyid(c.relowner) = %(role)s, coalesce((
        SELECT array_agg(DISTINCT acl.privilege_type::text)
        FROM aclexplode(c.relacl) AS acl
        WHERE acl.grantee = to_regrole(quote_ident(%(role)s))), '{}')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
      -- A partition is reached through its table, whose privileges count.
      AND NOT c.relispartition
    ORDER BY c.relname
"""
_GRANT_SCHEMA = """
    DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {role}', current_schema()); END $$
"""


def limit_privileges(*privileges: str, tables: Iterable[str]) -> None:
    """Register tables with which the serving role may do no more than this."""
    if unknown := set(privileges) - PRIVILEGES:
        raise ValueError(f"Unknown privileges: {', '.join(sorted(unknown))}")
    _registered.update(dict.fromkeys(tables, frozenset(privileges)))


def limited_tables() -> dict[str, frozenset[str]]:
    return dict(_registered)


def serving_role() -> str:
    """Return the role of `DATABASE_URL`, as which web, worker and sweeper connect."""
    return str(settings.DATABASE_SERVING_ROLE)


def install_grants() -> list[str]:
    """Grant and revoke what differs; return the names of those tables.

    With one role for everything, or if the serving role does not exist yet, nothing is done.
    """
    role = serving_role()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT current_user <> rolname FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() != (True,):
            return []
        cursor.execute(_GRANT_SCHEMA.format(role=connection.ops.quote_name(role)))
        changed = [name for name, _, actual in _read_tables(role) if actual != _wanted(name)]
        for name in changed:
            cursor.execute(_grant(name, role))
    return changed


def different_tables() -> list[str]:
    """Return the tables that the serving role owns, or whose privileges are not the wanted ones."""
    return [
        name
        for name, is_owned, actual in _read_tables(serving_role())
        if is_owned or actual != _wanted(name)
    ]


def owned_tables() -> list[str]:
    """Return the tables that the serving role owns; it should own none."""
    return [name for name, is_owned, _ in _read_tables(serving_role()) if is_owned]


def _read_tables(role: str) -> list[tuple[str, bool, frozenset[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ_TABLES, {"role": role})
        return [(name, owned, frozenset(granted)) for name, owned, granted in cursor.fetchall()]


def _wanted(table: str) -> frozenset[str]:
    return _registered.get(table, PRIVILEGES)


def _grant(table: str, role: str) -> str:
    quote: Any = connection.ops.quote_name
    statements = [f"REVOKE ALL ON {quote(table)} FROM {quote(role)}"]
    if wanted := _wanted(table):
        statements.append(f"GRANT {', '.join(sorted(wanted))} ON {quote(table)} TO {quote(role)}")
    return "; ".join(statements)


# Tables of Django and django-q. The queue's schedules and results are used by no one.
limit_privileges("SELECT", tables=["django_migrations", "django_content_type", "auth_permission"])
# What a group of staff may do is in the code.
limit_privileges("SELECT", tables=["auth_group", "auth_group_permissions"])
limit_privileges("SELECT", "INSERT", "DELETE", tables=["django_admin_log"])  # with its user
limit_privileges(tables=["django_q_schedule", "django_q_task"])
