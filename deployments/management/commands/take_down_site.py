from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deployments.management.site_argument import find_website
from deployments.pipeline import take_down_now
from deployments.services.locks import DeploymentConflict
from deployments.services.site_takedowns import take_down_site


class Command(BaseCommand):
    help = "Take a site offline at once, until it is restored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifier")
        parser.add_argument("--reason", required=True, help="emailed to the partner's owners")

    def handle(self, *args: Any, **options: Any) -> None:
        website = find_website(options["identifier"])
        try:
            take_down_site(
                website=website, reason=options["reason"], actor="command:take_down_site"
            )
        except DeploymentConflict as error:
            raise CommandError(str(error)) from None
        take_down_now(website.identifier)
        self.stdout.write(f"Site {website.identifier} taken down.")
