from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError

from accounts.names import InvalidName
from billing.models import Package
from billing.services import Operator
from billing.services.onboarding import create_partner_with_points, dashboard_url


class Command(BaseCommand):
    help = "Create a partner approved for live access, with an owner and one key of each kind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", type=_name)
        parser.add_argument("--email", required=True, help="the owner's email address")
        parser.add_argument("--package", metavar="CODE", action="append", default=[])
        parser.add_argument("--requests-per-minute", type=_limit)
        parser.add_argument("--requests-per-day", type=_limit)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            created = create_partner_with_points(
                name=options["name"],
                email=options["email"],
                packages=[Package.objects.get(code=code) for code in options["package"]],
                operator=Operator("create_partner"),
                requests_per_minute=options["requests_per_minute"],
                requests_per_day=options["requests_per_day"],
            )
        except InvalidName as error:
            raise CommandError(error.messages[0]) from None
        except ValidationError:
            raise CommandError(f"{options['email']} is not an email address.") from None
        except Package.DoesNotExist:
            codes = ", ".join(Package.objects.values_list("code", flat=True))
            raise CommandError(f"Unknown package. Available: {codes}.") from None
        except IntegrityError:
            raise CommandError(f"A login with {options['email']} already exists.") from None
        result = {
            "partnerId": created.partner.id,
            "managementKey": created.management_key,
            "managementTestKey": created.management_test_key,
            "liveKey": created.live_key,
            "testKey": created.test_key,
            "email": created.owner.email,
            "password": created.password,
            "dashboardUrl": dashboard_url(),
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name:<17} {value}")


def _limit(text: str) -> int:
    limit = int(text)
    if not 1 <= limit < 2**31:
        raise ValueError
    return limit


def _name(text: str) -> str:
    if not 0 < len(text.strip()) <= 120:
        raise ValueError
    return text.strip()
