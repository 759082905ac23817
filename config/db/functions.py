"""SQL functions: one file each, installed after `migrate`.

To change a function, edit its file and run `manage.py migrate`. The function `billing_charge` is in
`billing/sql/charge.sql`, which consists of one `CREATE OR REPLACE FUNCTION`. Every `migrate`
creates all functions again that differ from their files, whichever migrations have been applied; a
changed signature replaces the old one, and a function without a file is dropped.
`manage.py check --database default` lists the functions that differ.

The comment of an installed function holds the hash of its file and that of the definition as
PostgreSQL stores it, so a function that was changed by hand differs, too. It also holds the hashes
of the files that it replaced: a process of the former release finds its own there and goes on
serving, while one whose functions are still to be installed does not (`/readyz`).

Tables, triggers and data are created by migrations. A migration that creates a trigger lists
`create_functions("billing_guard_invoice")` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

import psycopg
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import (
    DEFAULT_DB_ALIAS,
    ProgrammingError,
    connections,
    migrations,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

#: Key of the advisory lock under which one `migrate` at a time installs functions.
_LOCK = 0x73716C66
_MARK = "installed from"
_COMMENT = re.compile(rf"{_MARK} (\w+)(?:, after ([\w ]+))?, stored as (\w+)")
#: Hashes of former files that a comment keeps.
_KEPT = 8
_CREATES = re.compile(r"^CREATE OR REPLACE FUNCTION (\w+)\(", re.MULTILINE)
_partition_functions: set[str] = set()
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
        """Whether it is as `migrate` created it from this file."""
        return self._is_unchanged and self.files[:1] == [_hash(text)]

    def is_from_or_after(self, text: str) -> bool:
        """Whether it is as `migrate` created it from this file or one that replaced it."""
        return self._is_unchanged and _hash(text) in self.files

    @property
    def files(self) -> list[str]:
        """The hash of its file, then those of former ones, from the last to the first."""
        found = _COMMENT.fullmatch(self.comment)
        return [found[1], *(found[2] or "").split()] if found else []

    @property
    def _is_unchanged(self) -> bool:
        found = _COMMENT.fullmatch(self.comment)
        return found is not None and found[3] == self.stored_hash[:16]


def register_partition_functions(*names: str) -> None:
    """Register functions that partition tables or that those call."""
    _partition_functions.update(names)


def partition_functions() -> frozenset[str]:
    return frozenset(_partition_functions)


def changed_functions(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of functions that are missing, differ from their file or have none."""
    files = _files_of(using)
    with connections[using].cursor() as cursor:
        installed = _read_installed(cursor, files)
    return sorted(name for name in files | installed if not _is_current(name, files, installed))


def unusable_functions(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of functions that this process cannot call: missing, changed by hand, or
    older than its files. Those of a newer release take the calls of the former one."""
    files = _files_of(using)
    with connections[using].cursor() as cursor:
        installed = _read_installed(cursor, files)
    return sorted(
        name
        for name, text in files.items()
        if len(found := installed.get(name, [])) != 1 or not found[0].is_from_or_after(text)
    )


def install_functions(
    names: Iterable[str] | None = None, *, using: str = DEFAULT_DB_ALIAS
) -> list[str]:
    """Update the database's functions from the files, all or those named; return the changed ones.

    They are updated in one transaction under a lock: a concurrent `migrate` finds nothing left to
    do.
    """
    files = _files_of(using)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
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
        _store_hashes(cursor, {name: files[name] for name in changed if name in files}, installed)
    return sorted(changed)


def create_functions(*names: str) -> migrations.RunPython:
    """Return an operation that creates trigger functions as their files are now."""

    def create(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what RunPython passes
        install_functions(names, using=schema_editor.connection.alias)

    return migrations.RunPython(create, migrations.RunPython.noop)


def install_after_migrate(
    *, using: str, verbosity: int = 1, stdout: TextIO | None = None, **_: Any
) -> None:
    """Receive `post_migrate` of the last app; until then, tables may be missing."""
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    changed = install_functions(using=using)
    if changed and stdout and verbosity >= 1:
        stdout.write(f"Installed SQL functions: {', '.join(changed)}\n")


def _read_files() -> dict[str, str]:
    """Return the SQL text by function name."""
    files = {}
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "sql").glob("*.sql")):
            name, text = f"{app.label}_{path.stem}", path.read_text()
            if _CREATES.findall(text) != [name]:
                raise ImproperlyConfigured(f"{path} has to create the function {name} alone.")
            files[name] = text
    return files


def _files_of(using: str) -> dict[str, str]:
    """A database of the log alone has only what its tables need, which are partitioned."""
    files = _read_files()
    if using == DEFAULT_DB_ALIAS:
        return files
    return {name: text for name, text in files.items() if name in _partition_functions}


def _read_installed(cursor: CursorWrapper, names: Iterable[str]) -> dict[str, list[_Installed]]:
    """Return all functions with our comment or one of the names; a name can have several."""
    cursor.execute(_READ_INSTALLED, [list(names), f"{_MARK} %"])
    installed: dict[str, list[_Installed]] = {}
    for name, *row in cursor.fetchall():
        installed.setdefault(name, []).append(_Installed(*row))
    return installed


def _is_current(name: str, files: dict[str, str], installed: dict[str, list[_Installed]]) -> bool:
    functions = installed.get(name, [])
    return name in files and len(functions) == 1 and functions[0].is_from(files[name])


def _create(cursor: CursorWrapper, name: str, text: str, old: list[str]) -> None:
    """Replace in place if the signature is unchanged, so that concurrent calls never miss the
    function."""
    if len(old) > 1:
        _drop(cursor, old)
        old = []
    try:
        with transaction.atomic(using=cursor.db.alias):
            cursor.execute(text)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InvalidFunctionDefinition):
            raise
        # Only names of arguments or the result type differ.
        _drop(cursor, old)
        cursor.execute(text)
    if old and len(_read_installed(cursor, [name])[name]) > 1:
        # Different argument types create a second function.
        _drop(cursor, old)


def _drop(cursor: CursorWrapper, signatures: Iterable[str]) -> None:
    for signature in signatures:
        cursor.execute(f"DROP FUNCTION {signature}")


def _store_hashes(
    cursor: CursorWrapper, texts: dict[str, str], former: dict[str, list[_Installed]]
) -> None:
    installed = _read_installed(cursor, texts)
    for name, text in texts.items():
        [function] = installed[name]
        before = former[name][0].files if name in former else []
        comment = _comment(text, before, function.stored_hash)
        cursor.execute(f"COMMENT ON FUNCTION {function.signature} IS '{comment}'")


def _comment(text: str, before: list[str], stored_hash: str) -> str:
    """Return to a former file: what came after it is no longer before it."""
    kept = before[before.index(_hash(text)) + 1 :] if _hash(text) in before else before[:_KEPT]
    after = f", after {' '.join(kept)}" if kept else ""
    return f"{_MARK} {_hash(text)}{after}, stored as {stored_hash[:16]}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
