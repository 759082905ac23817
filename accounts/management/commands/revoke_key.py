from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.keys import hash_key
from accounts.models import ApiKey
from accounts.services.keys import revoke_key


class Command(BaseCommand):
    help = "Revoke a key. It stops working immediately."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="its id or, if it leaked, the key itself")

    def handle(self, *args: Any, **options: Any) -> None:
        text = options["key"]
        column: dict[str, Any] = (
            {"secret_hash": hash_key(text)} if text.startswith("sq_") else {"pk": text}
        )
        try:
            key = ApiKey.objects.of_all().select_related("partner").get(**column)
        except ApiKey.DoesNotExist:
            raise CommandError("This key was not found.") from None
        revoke_key(key=key, actor="command:revoke_key")
        self.stdout.write(f"Key {key.id} of {key.partner.name} ({key.partner_id}) revoked.")
