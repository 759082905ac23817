"""Checks of the database, for `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.recorder import MigrationRecorder

from config.db.functions import changed_functions


@register(Tags.database)
def check_functions(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> Iterable[CheckMessage]:
    """Warn about outdated SQL functions; an error would prevent `migrate`, which updates them."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or not MigrationRecorder(connection).has_table():
        return
    if changed := changed_functions():
        yield Warning(
            f"SQL functions differ from their files: {', '.join(changed)}.",
            hint="Run manage.py migrate; it creates them again.",
            id="shopiq.W026",
        )
