"""Diagnoses of an installation: each app registers its own, `manage.py doctor` runs them all.

Unlike the probes of `/readyz` they may be slow, write something for a moment and ask services.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.checks import ERROR, run_checks
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from config.db.canaries import find_wrong_keys
from config.db.clock import database_now
from config.db.functions import changed_functions
from config.db.grants import different_tables, owned_tables, serving_role
from config.db.logs import log_alias
from config.db.partitions import has_rows_beyond, partitioned_tables, read_partitions
from config.translations import stale_translations

_OLDEST_POSTGRES = 15
_CLOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; `detail` is what to do if it is not `ok`."""

    name: str
    ok: bool
    detail: str


class Problem(Exception):
    """Something that has to be mended; the text says what."""


Diagnose = Callable[[], str]
_diagnoses: dict[str, Diagnose] = {}


def diagnosis(name: str) -> Callable[[Diagnose], Diagnose]:
    """Register a function that returns what it saw, or raises: a `Problem` or anything else."""

    def register(function: Diagnose) -> Diagnose:
        _diagnoses[name] = function
        return function

    return register


def diagnose(only: set[str] | None = None) -> Iterator[Finding]:
    """Run the diagnoses, regardless of each other's failures."""
    for name, function in _diagnoses.items():
        if only and name not in only:
            continue
        try:
            yield Finding(name, ok=True, detail=function())
        except Problem as problem:
            yield Finding(name, ok=False, detail=str(problem))
        except (OperationalError, InterfaceError):
            connection.close()
            yield Finding(name, ok=False, detail="Cannot be told while the database fails.")
        except Exception as error:  # noqa: BLE001 - one broken service must not hide the others
            connection.close()
            yield Finding(name, ok=False, detail=_describe(error))


def _describe(error: Exception) -> str:
    if isinstance(error.__cause__, psycopg.errors.UndefinedTable):
        return "Its table is missing. Run migrate_safely."
    return f"{type(error).__name__}: {one_line(error)}"


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def diagnosis_names() -> list[str]:
    return list(_diagnoses)


@diagnosis("settings")
def check_settings() -> str:
    errors = [
        message
        for message in run_checks(include_deployment_checks=True)
        if message.level >= ERROR and not message.is_silenced()
    ]
    if errors:
        raise Problem(" ".join(f"{error.msg} {error.hint} ({error.id})" for error in errors))
    return str(settings.ENVIRONMENT)


@diagnosis("database")
def check_version() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), pg_is_in_recovery()")
            version, is_standby = cursor.fetchone()
    except OperationalError as error:
        raise Problem(f"DATABASE_URL cannot be used: {one_line(error)}") from error
    if int(version.split(".")[0]) < _OLDEST_POSTGRES:
        raise Problem(f"PostgreSQL is {version}; {_OLDEST_POSTGRES} or newer is needed.")
    if is_standby:
        raise Problem("DATABASE_URL is a standby, which cannot be written to.")
    return f"PostgreSQL {version}"


@diagnosis("role")
def check_role() -> str:
    if owned := owned_tables():
        raise Problem(
            f"{serving_role()} owns {len(owned)} tables, such as {owned[0]}, and could rewrite the"
            " ledger. Have DATABASE_URL name one that owns nothing, as deploy/sql/roles.sql does."
        )
    if different := different_tables():
        raise Problem(
            f"The privileges of {serving_role()} differ for {len(different)} tables, such as"
            f" {different[0]}. Run migrate_safely with DATABASE_OWNER_URL."
        )
    return f"{serving_role()} owns nothing"


@diagnosis("timeouts")
def check_timeouts() -> str:
    """Read them back, since a pooler may drop what a session asks for."""
    with connection.cursor() as cursor:
        found = {}
        for name in settings.DB_TIMEOUTS:
            cursor.execute("SELECT current_setting(%s)", [name])
            [found[name]] = cursor.fetchone()
    if missing := [name for name, value in found.items() if value == "0"]:
        raise Problem(
            f"{', '.join(missing)} not in force. Set them for the role {serving_role()}, as"
            " deploy/sql/roles.sql does."
        )
    return ", ".join(f"{name} {value}" for name, value in found.items())


@diagnosis("functions")
def check_functions() -> str:
    if changed := changed_functions():
        raise Problem(f"Differ from their files: {', '.join(changed)}. Run migrate_safely.")
    return "match their files"


@diagnosis("request log")
def check_log() -> str:
    """The log may be in a database of its own, which `migrate` prepares with the other one."""
    alias = log_alias()
    try:
        connections[alias].ensure_connection()
    except OperationalError as error:
        raise Problem(f"LOG_DATABASE_URL cannot be used: {one_line(error)}") from error
    executor = MigrationExecutor(connections[alias])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()) or changed_functions(alias):
        raise Problem("Its database is not up to date. Run migrate_safely.")
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('accounts_requestlog', 'INSERT')")
        if cursor.fetchone() != (True,):
            raise Problem("The role of its database may not write to it.")
    return str(connections[alias].settings_dict["NAME"])


@diagnosis("partitions")
def find_rows_without_partition() -> str:
    tables = partitioned_tables()
    for table in tables:
        if has_rows_beyond(table, read_partitions(table)):
            raise Problem(f"{table.name} has rows without a partition of their own. Run partition.")
    return f"made in advance for {len(tables)} tables"


@diagnosis("keys")
def check_keys() -> str:
    if problems := find_wrong_keys():
        raise Problem(" ".join(problems))
    current, *others = [key.partition(":")[0] for key in settings.FIELD_ENCRYPTION_KEYS]
    read = f", {', '.join(others)} only read" if others else ""
    return f"match the data: version {current} encrypts{read}"


@diagnosis("cache table")
def check_cache() -> str:
    try:
        cache.set("doctor", 1, timeout=60)
        is_kept = cache.get("doctor") == 1
        cache.delete("doctor")
    except DatabaseError as error:
        raise Problem("The table of the cache is missing. Run createcachetable.") from error
    if not is_kept:
        raise Problem("The cache does not keep what is stored.")
    return "reads and writes"


@diagnosis("clock")
def check_clock() -> str:
    before = timezone.now()
    now = database_now()
    seconds = max((before - now).total_seconds(), (now - timezone.now()).total_seconds(), 0.0)
    if seconds > _CLOCK_SECONDS:
        raise Problem(
            f"This machine's clock is {seconds:.0f} seconds from the database's. Run a time"
            " service, such as chrony, on both."
        )
    return "agrees with the database's"


@diagnosis("static files")
def check_static_files() -> str:
    if not settings.IS_PRODUCTION:
        return "served from their sources"
    if not Path(str(settings.STATIC_ROOT), "staticfiles.json").is_file():
        raise Problem("Not collected. Run collectstatic --no-input.")
    return "collected"


@diagnosis("translations")
def check_translations() -> str:
    if any(stale_translations()):
        raise Problem("Not compiled. Run compilemessages.")
    return "compiled"


def check_folder(name: str) -> str:
    """Return the folder if it can be written to, made or not; nothing is written: root's files
    would be in the way of the user that serves."""
    folder = Path(name)
    parent = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(parent, os.W_OK):
        raise Problem(f"{parent} cannot be written to by this user.")
    return str(folder)
