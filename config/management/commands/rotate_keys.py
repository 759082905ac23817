from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.db.canaries import install_canaries, remove_old_canaries
from config.db.encryption import DecryptionError
from config.db.roles import owner_connection
from config.db.rotation import count_outdated, rotate_all


class Command(BaseCommand):
    help = (
        "Re-encrypt all encrypted fields with the first of FIELD_ENCRYPTION_KEYS. The service can "
        "keep running, and the command can be interrupted and resumed. Remove an old key only "
        "after it has finished."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # The serving role may not change invoices.
        with owner_connection():
            self._rotate()

    def _rotate(self) -> None:
        with connection.cursor() as cursor:
            # Scanning whole tables takes longer than the limit for web requests.
            cursor.execute("SET statement_timeout = 0")
        try:
            for progress in rotate_all():
                self.stdout.write(f"{progress.table}: {progress.done} of {progress.total}")
        except DecryptionError as error:
            raise CommandError(str(error)) from None
        # A process that was not restarted with the new key first keeps writing with the former one.
        if left := count_outdated():
            raise CommandError(
                f"{left} rows were written with an older key meanwhile. Restart the service with "
                "the new key first, then run this command again."
            )
        install_canaries()
        remove_old_canaries()
        self.stdout.write("All rows are encrypted with the first key.")
