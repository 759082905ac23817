from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateways import GatewayError, known_gateways
from billing.services import read_payouts


class Command(BaseCommand):
    help = "Read what a gateway paid out, such as for days before it was compared with purchases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("gateway", choices=sorted(known_gateways()))
        parser.add_argument("first", type=date.fromisoformat, help="First day in India: 2026-04-01")
        parser.add_argument("last", type=date.fromisoformat, help="Last day, included")

    def handle(self, *args: Any, **options: Any) -> None:
        day: date = options["first"]
        while day <= options["last"]:
            try:
                number = read_payouts(gateway=options["gateway"], day=day)
            except GatewayError as error:
                raise CommandError(
                    f"{day}: {error}. Run the command again from that day."
                ) from None
            self.stdout.write(f"{day}: {number} new")
            day += timedelta(days=1)
