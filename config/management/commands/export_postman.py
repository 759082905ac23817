"""Write the API as a collection for Postman."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.openapi.generator import read_schema
from config.openapi.postman import postman_collection


class Command(BaseCommand):
    help = "Write a Postman collection of the API, to standard output or a file."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps(postman_collection(read_schema()), ensure_ascii=False, indent=2)
        if options["file"]:
            options["file"].write_text(text + "\n")
        else:
            self.stdout.write(text)
