from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.endpoints import permissions_for
from accounts.management.partner_argument import find_partner
from accounts.models import Environment
from accounts.networks import InvalidNetwork
from accounts.services.key_rules import KeyRuleError, UnknownEndpoint
from accounts.services.keys import create_key


class Command(BaseCommand):
    help = "Create a key for a partner and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--environment", choices=Environment.values, required=True)
        parser.add_argument("--name", default="Default")
        parser.add_argument("--expires", metavar="ISO", type=_parse_time)
        parser.add_argument("--allow", metavar="CIDR", action="append", default=[])
        parser.add_argument("--permission", metavar="ENDPOINT", action="append")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            issued = create_key(
                partner=find_partner(options["partner_id"]),
                environment=options["environment"],
                actor="command:create_key",
                name=options["name"],
                expires_at=options["expires"],
                networks=options["allow"],
                permissions=options["permission"],
            )
        except (InvalidNetwork, KeyRuleError) as error:
            raise CommandError(str(error)) from None
        except UnknownEndpoint as error:
            names = ", ".join(sorted(permissions_for(options["environment"])))
            raise CommandError(f"Unknown endpoint: {error}. Available: {names}.") from None
        output = {"keyId": issued.key.id, "key": issued.secret}
        self.stdout.write(
            json.dumps(output) if options["json"] else f"{issued.key.id}  {issued.secret}"
        )


def _parse_time(text: str) -> datetime:
    """Parse an ISO 8601 timestamp in the future, UTC if it has no offset."""
    time = parse_datetime(text)
    if time is None:
        raise ValueError
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    if time <= timezone.now():
        raise ArgumentTypeError("the key would have expired already")
    return time
