from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups.creation import LAST_VERIFICATION
from config.backups.errors import BackupError
from config.backups.restoration import (
    check_backup,
    check_ledger_of,
    missing_files,
    restore_dump,
    scratch_database,
)
from config.db.clock import database_now
from config.local.postgres import PostgresError


class Command(BaseCommand):
    help = (
        "Restore a backup into a scratch database, compare its rows, prove its ledger and drop it"
        " again. Exits with 1 if the backup cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, metavar="BACKUP")
        parser.add_argument(
            "--server",
            metavar="URL",
            default=settings.BACKUP_SCRATCH_URL,
            help="a role that may create databases; BACKUP_SCRATCH_URL by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["backup"]
        try:
            manifest = check_backup(folder)
            with scratch_database(options["server"]) as url:
                restore_dump(folder, manifest, url)
                report = check_ledger_of(url)
            missing = missing_files(folder, manifest)
        except (BackupError, PostgresError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.rows.values())
        self.stdout.write(
            f"{rows} rows restored. {report['buckets']} buckets checked,"
            f" {report['entries']} entries verified in the hash chains."
        )
        for store, number in missing.items():
            self.stdout.write(f"{store}: {number} files of the backup's list are missing now.")
        if not report["ok"]:
            self.stdout.write("The ledger of the backup is not proven.")
            sys.exit(1)
        cache.set(LAST_VERIFICATION, database_now().timestamp(), timeout=None)
