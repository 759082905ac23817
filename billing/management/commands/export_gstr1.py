from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.reports.files import report_files
from billing.reports.periods import parse_period
from config.pages.csv import csv_lines

_PREFIX = "gstr1-"


class Command(BaseCommand):
    help = (
        "Write the sections of GSTR-1 of a month, such as 2026-10, or of a quarter, such as"
        " 2026-27-Q1, as the CSV files that the government's offline tool imports; print their"
        " paths."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD")
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        period = parse_period(options["period"])
        if period is None:
            raise CommandError("Name a month, such as 2026-10, or a quarter, such as 2026-27-Q1.")
        folder: Path = options["dir"]
        folder.mkdir(parents=True, exist_ok=True)
        for file in report_files():
            if not file.name.startswith(_PREFIX):
                continue
            path = folder / file.file_name(period)
            lines = csv_lines(file.header, file.rows(period), has_mark=file.has_mark)
            # Invoices name people: no one else on this machine needs to read them.
            path.touch(mode=0o600)
            path.write_text("".join(lines), newline="")
            self.stdout.write(str(path))
