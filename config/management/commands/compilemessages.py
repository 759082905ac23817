from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.translations import compile_translations


class Command(BaseCommand):
    help = "Compile the translations that were edited. Unlike Django's, it needs no gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        compile_translations()
