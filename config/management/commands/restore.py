from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups.errors import BackupError
from config.backups.restoration import (
    check_backup,
    check_ledger_of,
    missing_files,
    owner_conninfo,
    restore_dump,
)
from config.local.postgres import PostgresError


class Command(BaseCommand):
    help = (
        "Restore a backup into the database of the settings, which must be empty, apply newer"
        " migrations and check the ledger. Refuses a backup whose keys the settings lack."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, metavar="BACKUP")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["backup"]
        try:
            manifest = check_backup(folder)
            restore_dump(folder, manifest, owner_conninfo())
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            report = check_ledger_of()
        except (BackupError, PostgresError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored {sum(manifest.rows.values())} rows of {manifest.created_at}.")
        for store, number in missing_files(folder, manifest).items():
            if number:
                self.stdout.write(f"{store}: {number} files of the backup's list are missing.")
        if not report["ok"]:
            self.stdout.write("The ledger is not proven: run check_ledger.")
            sys.exit(1)
        self.stdout.write(f"The ledger is proven: {report['entries']} entries.")
