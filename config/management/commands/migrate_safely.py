from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from config.db.roles import owner_connection
from config.db.safe_migration import migrate_patiently, only_migration


class Command(BaseCommand):
    help = (
        "Migrate while the service runs: one process at a time, without a time limit for"
        " statements, giving up a wait for a lock after three seconds to try again. Connects by"
        " DATABASE_OWNER_URL, if it is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--attempts", type=int, default=60, help="60 by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with only_migration(self.stdout.write), owner_connection():
                migrate_patiently(
                    self._migrate, attempts=options["attempts"], report=self.stdout.write
                )
        except OperationalError as error:
            raise CommandError(str(error).strip()) from error

    def _migrate(self) -> None:
        call_command("migrate", interactive=False, stdout=self.stdout)
        call_command("createcachetable", verbosity=0)
