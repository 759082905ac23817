from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config.db.encryption import DecryptionError
from config.db.rotation import count_outdated, rotate_all


class Command(BaseCommand):
    help = (
        "Re-encrypt everything under the newest of FIELD_ENCRYPTION_KEYS. The service may run; "
        "the command may be stopped and started again. Drop an old key only once it is done."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # Whole tables are looked through; the limit of a web request would end that.
            cursor.execute("SET statement_timeout = 0")
        try:
            for progress in rotate_all():
                self.stdout.write(f"{progress.table}: {progress.done} of {progress.total}")
        except DecryptionError as error:
            raise CommandError(str(error)) from None
        # A process that was not restarted with the newest key goes on with the one before it.
        if left := count_outdated():
            raise CommandError(
                f"{left} rows were written under an older key meanwhile. Restart the service with "
                "the newest key, then run this again."
            )
        self.stdout.write("Everything is under the newest key.")
