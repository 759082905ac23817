"""Checks of the database, for `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.db.canaries import find_wrong_keys
from config.db.functions import changed_functions
from config.db.grants import different_tables, limited_tables, serving_role

#: What keeps the values of statements out of PostgreSQL's log.
_LOG_SETTINGS = {"log_min_error_statement": {"fatal", "panic"}, "log_error_verbosity": {"terse"}}


@register(Tags.database)
def check_functions(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Warn about outdated SQL functions; an error would prevent `migrate`, which updates them."""
    if not _is_migrated(databases):
        return
    if changed := changed_functions():
        yield Warning(
            f"SQL functions differ from their files: {', '.join(changed)}.",
            hint="Run manage.py migrate; it creates them again.",
            id="shopiq.W026",
        )


@register(Tags.database)
def check_keys(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Stop before a row is written that the right keys could not read."""
    if not _is_migrated(databases):
        return
    try:
        problems = find_wrong_keys()
    except DatabaseError:  # the table's migration has not been applied yet
        return
    for problem in problems:
        yield Error(
            problem,
            hint="Restore the keys that belong to this database. Old field keys can be removed "
            "after manage.py rotate_keys.",
            id="shopiq.E051",
        )


@register(Tags.database)
def check_serving_role(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Warn if who serves requests could also rewrite the ledger and the audit trail."""
    if not _is_migrated(databases):
        return
    if problem := _find_role_problem():
        yield Warning(
            f"DATABASE_URL connects as the role {serving_role()}, which {problem}: it can change "
            "or delete the ledger, the audit trail and invoices.",
            hint="Serve with a role that owns nothing, and set DATABASE_OWNER_URL for migrate.",
            id="shopiq.W061",
        )
    elif different := different_tables():
        yield Warning(
            f"The privileges of {serving_role()} differ: {', '.join(different)}.",
            hint="Run manage.py migrate with DATABASE_OWNER_URL; it grants them again.",
            id="shopiq.W062",
        )


@register(Tags.database)
def check_timeouts(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Read the limits back: behind a pooler they are in force only if the role has them."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or not settings.IS_DATABASE_POOLED:
        return
    try:
        different = different_timeouts()
    except DatabaseError:
        return
    if different:
        statements = "; ".join(
            f"ALTER ROLE {serving_role()} SET {name} = '{settings.DB_TIMEOUTS[name]}'"
            for name in different
        )
        yield Error(
            f"The pooler's sessions do not have our {', '.join(different)}.",
            hint=f"As the database's superuser: {statements}; then reconnect the pooler.",
            id="shopiq.E064",
        )


def different_timeouts() -> list[str]:
    """Return the names of the limits that are not in force as `DB_TIMEOUTS` has them."""
    different = []
    with connection.cursor() as cursor:
        for name, wanted in settings.DB_TIMEOUTS.items():
            cursor.execute(
                "SELECT current_setting(%s)::interval = %s::interval", [name, _as_interval(wanted)]
            )
            if cursor.fetchone() != (True,):
                different.append(name)
    return different


def _as_interval(value: str) -> str:
    """PostgreSQL reads a number without a unit as milliseconds."""
    return f"{value}ms" if value.isdecimal() else value


@register(Tags.database)
def check_server_log(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Warn if PostgreSQL would write people's data into its log."""
    if not settings.IS_PRODUCTION or DEFAULT_DB_ALIAS not in (databases or ()):
        return
    with connection.cursor() as cursor:
        for name, allowed in _LOG_SETTINGS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            [value] = cursor.fetchone()
            if value not in allowed:
                yield Warning(
                    f"PostgreSQL has {name} = {value}: failed statements put values into its log.",
                    hint=f"As its superuser: ALTER ROLE {serving_role()} SET {name} = "
                    f"'{sorted(allowed)[-1]}'.",
                    id="shopiq.W063",
                )


def _is_migrated(databases: Sequence[str] | None) -> bool:
    """Whether there is anything to check; an unavailable database is not this check's to report."""
    try:
        return DEFAULT_DB_ALIAS in (databases or ()) and MigrationRecorder(connection).has_table()
    except DatabaseError:
        return False


def _find_role_problem() -> str:
    """Return what makes the serving role too powerful, "" if nothing does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [serving_role()])
        if cursor.fetchone() == (True,):
            return "is a superuser"
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            " AND tablename = ANY(%s) AND pg_has_role(%s, tableowner, 'MEMBER')",
            [list(limited_tables()), serving_role()],
        )
        owned = [name for (name,) in cursor.fetchall()]
    return f"owns {', '.join(owned)}" if owned else ""
