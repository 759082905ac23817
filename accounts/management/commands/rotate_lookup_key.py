from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.lookup_rotation import SameMerchant, rotate_lookup_key
from config.db.encryption import DecryptionError


class Command(BaseCommand):
    help = (
        "Rewrite the hashes by which accounts are found with LOOKUP_KEY. The service can keep "
        "running, and the command can be repeated. Remove a key from LOOKUP_KEY_FALLBACKS only "
        "after it has finished."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for done in rotate_lookup_key():
                self.stdout.write(f"{done} accounts")
        except DecryptionError as error:
            raise CommandError(str(error)) from None
        except SameMerchant as error:
            raise CommandError(
                f"Account {error} has the email or phone number of another one, which was created "
                "by a process with the former key. Delete one of them, then run this again."
            ) from None
        self.stdout.write("All accounts are found with LOOKUP_KEY.")
