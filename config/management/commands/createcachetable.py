from __future__ import annotations

from typing import Any

from django.core.management.commands import createcachetable

from config.db.grants import install_grants
from config.db.roles import owner_connection


class Command(createcachetable.Command):
    help = f"{createcachetable.Command.help} Connects by DATABASE_OWNER_URL, if it is set."

    def handle(self, *tablenames: Any, **options: Any) -> None:
        with owner_connection():
            super().handle(*tablenames, **options)
            install_grants()
