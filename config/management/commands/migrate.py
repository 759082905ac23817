from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from config.db.grants import install_grants
from config.db.roles import owner_connection


class Command(migrate.Command):
    help = f"{migrate.Command.help} Connects by DATABASE_OWNER_URL, if it is set."

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connection():
            super().handle(*args, **options)
            install_grants()
