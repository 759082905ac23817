from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.endpoints import permissions_for
from accounts.models import Partner
from accounts.networks import InvalidNetwork
from accounts.services.keys import KeyRefused, UnknownEndpoint, create_key


class Command(BaseCommand):
    help = "Create an image key for a partner and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--environment", choices=("live", "test"), required=True)
        parser.add_argument("--name", default="Default")
        parser.add_argument("--expires", metavar="ISO", type=_moment)
        parser.add_argument("--allow", metavar="CIDR", action="append", default=[])
        parser.add_argument("--permission", metavar="ENDPOINT", action="append")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            issued = create_key(
                partner=Partner.objects.get(pk=options["partner_id"]),
                environment=options["environment"],
                actor="command:create_key",
                name=options["name"],
                expires_at=options["expires"],
                networks=options["allow"],
                permissions=options["permission"],
            )
        except Partner.DoesNotExist:
            raise CommandError(f"Partner {options['partner_id']} not found.") from None
        except (InvalidNetwork, KeyRefused) as error:
            raise CommandError(str(error)) from None
        except UnknownEndpoint as error:
            names = ", ".join(sorted(permissions_for(options["environment"])))
            raise CommandError(f"Unknown endpoint: {error}. Available: {names}.") from None
        answer = {"keyId": issued.key.id, "key": issued.secret}
        self.stdout.write(
            json.dumps(answer) if options["json"] else f"{issued.key.id}  {issued.secret}"
        )


def _moment(text: str) -> datetime:
    """Parse an ISO 8601 timestamp; without an offset it is UTC."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
