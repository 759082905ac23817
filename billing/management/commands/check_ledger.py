from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.services import check_ledger


class Command(BaseCommand):
    help = "Check that every bucket holds the sum of its entries. Exits with 1 if one does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_ledger()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
        elif report.ok:
            self.stdout.write(f"{report.buckets} buckets, no drift.")
        else:
            for row in report.drift:
                line = "{bucket}: {remaining} remaining, entries sum to {entries}"
                self.stdout.write(line.format(**row))
        if not report.ok:
            sys.exit(1)
