from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.locks import PartnerInactive
from deployments.management.site_argument import find_website
from deployments.services.locks import DeploymentConflict
from deployments.services.rebuilds import rebuild_site


class Command(BaseCommand):
    help = "Build a live site again. Visitors see the present release until then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifier")

    def handle(self, *args: Any, **options: Any) -> None:
        website = find_website(options["identifier"])
        try:
            new = rebuild_site(website=website, actor="command:rebuild_site")
        except (DeploymentConflict, PartnerInactive) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Deployment {new.id} queued.")
