from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiKey
from accounts.services.keys import revoke_key


class Command(BaseCommand):
    help = "Revoke a key. It stops working immediately."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key_id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = ApiKey.objects.of_all().select_related("partner").get(pk=options["key_id"])
        except ApiKey.DoesNotExist:
            raise CommandError(f"Key {options['key_id']} not found.") from None
        revoke_key(key=key, actor="command:revoke_key")
        self.stdout.write(f"Key {key.id} revoked.")
