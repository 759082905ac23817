from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.services import LedgerReport, check_ledger
from config.chain.anchors import check_anchors


class Command(BaseCommand):
    help = (
        "Check that every bucket holds the sum of its entries, that debts are what refunds left, "
        "that no entry of the ledger or the audit trail has changed since it was added to its hash "
        "chain, and that issued statements still fit. Exits with 1 otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--anchors",
            type=Path,
            metavar="LOG",
            help='also compare the chains with the "chain anchor" lines of a JSON log',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_ledger()
        if options["anchors"]:
            with options["anchors"].open() as log:
                faults = [*report.faults, *check_anchors(log)]
            report = replace(report, faults=faults, ok=not (report.drift or faults))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
        else:
            self._write(report)
        if not report.ok:
            sys.exit(1)

    def _write(self, report: LedgerReport) -> None:
        for row in report.drift:
            line = "{bucket}: {remaining} remaining, entries sum to {entries}"
            self.stdout.write(line.format(**row))
        for fault in report.faults:
            self.stdout.write(str(fault))
        if report.ok:
            self.stdout.write(f"{report.buckets} buckets, no drift.")
            self.stdout.write(f"{report.entries} entries verified in the hash chains.")
