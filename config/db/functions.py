"""SQL functions: one file each, installed after `migrate`, called from one place each.

To change a function, edit its file and run `manage.py migrate`. The function `billing_charge` is
`billing/sql/charge.sql`: one `CREATE OR REPLACE FUNCTION` and nothing else. After every `migrate`
each function that differs from its file is created again, whatever has been migrated before; a
changed signature replaces the old one, and a function whose file is gone is dropped. `/readyz` and
`manage.py check --database default` name the functions that differ.

The comment of an installed function keeps two hashes: of the file that it came from, and of the
definition as PostgreSQL keeps it. So a function that was changed by hand differs as well.

Tables, triggers and data stay in migrations. A migration that makes a trigger lists
`create_functions("billing_guard_invoice")` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

import psycopg
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import (
    DEFAULT_DB_ALIAS,
    OperationalError,
    ProgrammingError,
    connection,
    migrations,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

#: Of the advisory lock that lets one `migrate` at a time install functions.
_LOCK = 0x73716C66
#: Of a server that shuts down, has crashed or is starting; None where no server answered.
_LOST = {None, "57P01", "57P02", "57P03"}
_MARK = "installed from"
_CREATES = re.compile(r"^CREATE OR REPLACE FUNCTION (\w+)\(", re.MULTILINE)
_READ_INSTALLED = """
    SELECT p.proname, p.oid::regprocedure::text, coalesce(obj_description(p.oid, 'pg_proc'), ''),
           encode(sha256(convert_to(pg_get_functiondef(p.oid), 'UTF8')), 'hex')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema() AND p.prokind = 'f'
      AND (p.proname = ANY (%s) OR obj_description(p.oid, 'pg_proc') LIKE %s)
"""


@dataclass(frozen=True, slots=True)
class _Installed:
    signature: str
    comment: str
    stored_hash: str

    def is_from(self, text: str) -> bool:
        return self.comment == _comment(text, self.stored_hash)


def changed_functions() -> list[str]:
    """Names of functions that are missing, differ from their file or have none any more."""
    files = _read_files()
    with connection.cursor() as cursor:
        installed = _read_installed(cursor, files)
    return sorted(name for name in files | installed if not _is_current(name, files, installed))


def install_functions(names: Iterable[str] | None = None) -> list[str]:
    """Makes the database's functions equal to the files, all or those named; returns the changed.

    One transaction, one at a time: who waited for another `migrate` finds nothing left to do.
    """
    files = _read_files()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        installed = _read_installed(cursor, files)
        chosen = files | installed if names is None else names
        changed = [name for name in chosen if not _is_current(name, files, installed)]
        for name in changed:
            old = [function.signature for function in installed.get(name, [])]
            if name in files:
                _create(cursor, name, files[name], old)
            else:
                _drop(cursor, old)
        _note_hashes(cursor, {name: files[name] for name in changed if name in files})
    return sorted(changed)


def create_functions(*names: str) -> migrations.RunPython:
    """A migration step: trigger functions as their files are now, for the triggers after it."""

    def create(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what RunPython passes
        install_functions(names)

    return migrations.RunPython(create, migrations.RunPython.noop)


def install_after_migrate(
    *, using: str, verbosity: int = 1, stdout: TextIO | None = None, **_: Any
) -> None:
    """Receives `post_migrate` of the last app; a database that is half migrated has to wait."""
    executor = MigrationExecutor(connection)
    if using != DEFAULT_DB_ALIAS or executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    changed = install_functions()
    if changed and stdout and verbosity >= 1:
        stdout.write(f"Installed SQL functions: {', '.join(changed)}\n")


def _read_files() -> dict[str, str]:
    """SQL text by the name of the function that it creates."""
    files = {}
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "sql").glob("*.sql")):
            name, text = f"{app.label}_{path.stem}", path.read_text()
            if _CREATES.findall(text) != [name]:
                raise ImproperlyConfigured(f"{path} has to create the function {name} alone.")
            files[name] = text
    return files


def _read_installed(cursor: CursorWrapper, names: Iterable[str]) -> dict[str, list[_Installed]]:
    """Functions of these names and all that carry our comment; a name may have several."""
    cursor.execute(_READ_INSTALLED, [list(names), f"{_MARK} %"])
    installed: dict[str, list[_Installed]] = {}
    for name, *row in cursor.fetchall():
        installed.setdefault(name, []).append(_Installed(*row))
    return installed


def _is_current(name: str, files: dict[str, str], installed: dict[str, list[_Installed]]) -> bool:
    functions = installed.get(name, [])
    return name in files and len(functions) == 1 and functions[0].is_from(files[name])


def _create(cursor: CursorWrapper, name: str, text: str, old: list[str]) -> None:
    """In place where the signature stayed, so that calls under way and triggers never miss it."""
    if len(old) > 1:
        _drop(cursor, old)
        old = []
    try:
        with transaction.atomic():
            cursor.execute(text)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InvalidFunctionDefinition):
            raise
        # Its arguments have other names now, or it returns something else.
        _drop(cursor, old)
        cursor.execute(text)
    if old and len(_read_installed(cursor, [name])[name]) > 1:
        # Arguments of other types make another function.
        _drop(cursor, old)


def _drop(cursor: CursorWrapper, signatures: Iterable[str]) -> None:
    for signature in signatures:
        cursor.execute(f"DROP FUNCTION {signature}")


def _note_hashes(cursor: CursorWrapper, texts: dict[str, str]) -> None:
    installed = _read_installed(cursor, texts)
    for name, text in texts.items():
        [function] = installed[name]
        comment = _comment(text, function.stored_hash)
        cursor.execute(f"COMMENT ON FUNCTION {function.signature} IS '{comment}'")


def _comment(text: str, stored_hash: str) -> str:
    return f"{_MARK} {sha256(text.encode()).hexdigest()[:16]}, stored as {stored_hash[:16]}"


def fetch_row(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> dict[str, Any] | None:
    """The only row of a statement by column name; one round trip.

    Past Django's cursor, so that the server keeps the plan: every call of the API comes through
    here. A statement names its columns, because a kept `*` breaks when a migration adds one.
    """
    with connection.wrap_database_errors, _borrowed_connection() as borrowed:
        cursor = psycopg.Cursor(borrowed, row_factory=dict_row)
        return cursor.execute(statement, parameters, prepare=True).fetchone()


def fetch_first_row(statement: str, parameters: Sequence[Any]) -> dict[str, Any] | None:
    """Like `fetch_row`, for the first statement of a request, and only one that may run twice.

    A database that was restarted leaves dead connections in the pool: they are dropped and the
    statement is sent once more. To look at each connection first would cost a round trip a call.
    """
    try:
        return fetch_row(statement, parameters)
    except OperationalError as error:
        if connection.in_atomic_block or not _is_lost(error):
            raise
        connection.close()
        if pool := _pool():
            pool.check()
        return fetch_row(statement, parameters)


@contextmanager
def _borrowed_connection() -> Iterator[psycopg.Connection[Any]]:
    """The thread's connection; where it holds none, one of the pool for this statement alone. What
    Django does to open and close its own costs a call as much time as the statement does."""
    pool = None if connection.connection else _pool()
    if pool is None:
        connection.ensure_connection()
        yield connection.connection
        return
    pool.open()
    borrowed = pool.getconn()
    try:
        yield borrowed
    finally:
        pool.putconn(borrowed)


def _pool() -> ConnectionPool[Any] | None:
    return getattr(connection, "pool", None)


def _is_lost(error: OperationalError) -> bool:
    """Whether the connection broke, and not the statement, as by a lock that took too long."""
    return getattr(error.__cause__, "sqlstate", None) in _LOST


def release_connection() -> None:
    """Gives the connection back to the pool before a long wait; nothing inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()
