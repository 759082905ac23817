from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.db.functions import install_functions
from config.db.roles import owner_connection


class Command(BaseCommand):
    help = (
        "Install the SQL functions that differ from their files, as migrate does, but apply no"
        " migrations. Connects by DATABASE_OWNER_URL, if it is set."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connection():
            changed = install_functions()
        if changed:
            self.stdout.write(f"Installed SQL functions: {', '.join(changed)}")
