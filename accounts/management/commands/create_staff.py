from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.services.staff import AlreadyStaff, invite_staff
from config.admin.permissions import GROUPS


class Command(BaseCommand):
    help = "Invite a person to the staff: email a link, and print it, which works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--group", choices=GROUPS, action="append", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
            url = invite_staff(
                email=email, groups=options["group"], inviter=None, actor="command:create_staff"
            )
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        except AlreadyStaff:
            raise CommandError(f"{email} belongs to the staff already.") from None
        self.stdout.write(url)
