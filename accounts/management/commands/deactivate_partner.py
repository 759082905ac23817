from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Partner
from accounts.services.partners import deactivate_partner


class Command(BaseCommand):
    help = "Close the API to a partner at once; its data and points stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            partner = Partner.objects.get(pk=options["partner_id"])
        except Partner.DoesNotExist:
            raise CommandError(f"There is no partner {options['partner_id']}.") from None
        deactivate_partner(partner=partner, actor="command:deactivate_partner")
        self.stdout.write(f"{partner.id} is inactive.")
