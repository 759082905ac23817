from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.partner_argument import find_partner
from accounts.services.partners import InvalidLimit, set_limits
from config.grouping import group_digits

_LIMITS = ("requests_per_minute", "requests_per_day")


class Command(BaseCommand):
    help = "Change a partner's rate limits. A limit that is left out stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--requests-per-minute", metavar="N", type=int)
        parser.add_argument("--requests-per-day", metavar="N", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        limits = {name: options[name] for name in _LIMITS}
        if not any(limit is not None for limit in limits.values()):
            raise CommandError("Give --requests-per-minute, --requests-per-day or both.")
        try:
            partner = set_limits(
                partner=find_partner(options["partner_id"]), actor="command:set_limits", **limits
            )
        except InvalidLimit as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Partner {partner.id}: {group_digits(partner.requests_per_minute)} requests per "
            f"minute, {group_digits(partner.requests_per_day)} per day."
        )
