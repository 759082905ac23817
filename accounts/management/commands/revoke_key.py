from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiKey
from accounts.services.keys import revoke_key


class Command(BaseCommand):
    help = "End a key at once; every process refuses its next call."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key_id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = ApiKey.objects.select_related("partner").get(pk=options["key_id"])
        except ApiKey.DoesNotExist:
            raise CommandError(f"There is no key {options['key_id']}.") from None
        revoke_key(key=key, actor="command:revoke_key")
        self.stdout.write(f"{key.id} is revoked.")
