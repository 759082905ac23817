from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Bring an installation up to date: translations, schema, cache table and, on the first run,"
        " the demo."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("compilemessages")
        call_command("migrate", verbosity=0)
        if settings.IS_PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("bootstrap_demo", stdout=self.stdout)
