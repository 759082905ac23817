from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.management.partner_argument import find_partner
from accounts.services.partners import reactivate_partner


class Command(BaseCommand):
    help = "Accept a deactivated partner's API requests again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--reason", default="", help="emailed to the owners")

    def handle(self, *args: Any, **options: Any) -> None:
        partner = find_partner(options["partner_id"])
        reactivate_partner(
            partner=partner, actor="command:reactivate_partner", reason=options["reason"]
        )
        self.stdout.write(f"Partner {partner.id} reactivated.")
