from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deployments.management.site_argument import find_website
from deployments.services.locks import DeploymentConflict
from deployments.services.site_takedowns import restore_site


class Command(BaseCommand):
    help = "Publish a site again that was taken down."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifier")
        parser.add_argument("--reason", required=True, help="emailed to the partner's owners")

    def handle(self, *args: Any, **options: Any) -> None:
        website = find_website(options["identifier"])
        try:
            restore_site(website=website, reason=options["reason"], actor="command:restore_site")
        except DeploymentConflict as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Site {website.identifier} restored.")
