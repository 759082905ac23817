from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.management.partner_argument import find_partner
from accounts.services.staff_revocations import revoke_all_keys


class Command(BaseCommand):
    help = "Revoke all keys of a partner. They stop working immediately."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--reason", required=True, help="emailed to the owners")

    def handle(self, *args: Any, **options: Any) -> None:
        revoked = revoke_all_keys(
            partner=find_partner(options["partner_id"]),
            reason=options["reason"],
            actor="command:revoke_all_keys",
        )
        self.stdout.write(f"Keys revoked: {revoked}.")
