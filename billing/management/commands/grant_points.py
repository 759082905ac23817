from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Partner
from billing.models import Tier
from billing.points import InvalidPoints, parse_points, to_number
from billing.services import Operator, grant_by_operator


class Command(BaseCommand):
    help = (
        "Grant points without a purchase, in a new bucket, as an operator: no approval is needed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("partner_id")
        parser.add_argument("--tier", required=True)
        parser.add_argument("--points", required=True, help="such as 11 or 7.25")
        parser.add_argument("--reason", required=True, type=_reason)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bucket = grant_by_operator(
                partner=Partner.objects.get(pk=options["partner_id"]),
                tier=Tier.objects.get(pk=options["tier"]),
                points=parse_points(options["points"]),
                operator=Operator("grant_points"),
                note=options["reason"][:200],
            )
        except Partner.DoesNotExist:
            raise CommandError(f"Partner {options['partner_id']} not found.") from None
        except Tier.DoesNotExist:
            names = ", ".join(Tier.objects.values_list("name", flat=True))
            raise CommandError(f"Unknown tier: {options['tier']}. Available: {names}.") from None
        except InvalidPoints as error:
            raise CommandError(str(error)) from None
        result = {
            "bucketId": bucket.id,
            "packageId": bucket.package_code,
            "tier": bucket.tier_id,
            "points": to_number(bucket.original),
        }
        self.stdout.write(
            json.dumps(result)
            if options["json"]
            else f"{bucket.id}: {result['points']} points at the {bucket.tier_id} tier"
        )


def _reason(text: str) -> str:
    """Reject a blank reason, which would make the audit entry useless."""
    if not text.strip():
        raise ValueError
    return text.strip()
