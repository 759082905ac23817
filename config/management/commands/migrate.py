from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from config.db.grants import install_grants
from config.db.logs import LOG, is_log_apart
from config.db.roles import owner_connection


class Command(migrate.Command):
    help = f"{migrate.Command.help} Connects by DATABASE_OWNER_URL, if it is set."

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connection(), _rare_garbage_collection():
            super().handle(*args, **options)
            install_grants()
            # The tables of the log, if it is in a database of its own. Its role owns them.
            is_everything = not options["app_label"] and not options["check_unapplied"]
            if is_log_apart() and is_everything and options["database"] == DEFAULT_DB_ALIAS:
                super().handle(*args, **{**options, "database": LOG})


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Trade 70 MB for a sixth of the time: each operation makes dozens of model classes anew."""
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
