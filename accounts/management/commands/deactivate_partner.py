from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.management.partner_argument import find_partner
from accounts.services.partners import deactivate_partner


class Command(BaseCommand):
    help = "Reject a partner's API requests immediately. Its data and points are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument(
            "--reason", default="Decided by an operator.", help="emailed to the owners"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        partner = find_partner(options["partner_id"])
        deactivate_partner(
            partner=partner, actor="command:deactivate_partner", reason=options["reason"]
        )
        self.stdout.write(f"Partner {partner.id} deactivated.")
