"""Checks of the database, for `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.db.canaries import find_wrong_keys
from config.db.functions import changed_functions


@register(Tags.database)
def check_functions(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Warn about outdated SQL functions; an error would prevent `migrate`, which updates them."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or not _is_migrated():
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
    if DEFAULT_DB_ALIAS not in (databases or ()) or not _is_migrated():
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


def _is_migrated() -> bool:
    """Whether there is anything to check; an unavailable database is not this check's to report."""
    try:
        return MigrationRecorder(connection).has_table()
    except DatabaseError:
        return False
