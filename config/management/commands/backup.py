from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups.creation import make_backup
from config.backups.errors import BackupError
from config.local.postgres import PostgresError


class Command(BaseCommand):
    help = (
        "Dump the database into a new folder of DIR, with fingerprints of the keys that it needs"
        " and a list of the stored files, and print the folder. The service can keep running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(str(make_backup(options["dir"])))
        except (BackupError, PostgresError, OSError) as error:
            raise CommandError(str(error)) from error
