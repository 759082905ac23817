from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.doctor import Finding, diagnose, diagnosis_names


class Command(BaseCommand):
    help = (
        "Diagnose the installation: settings, database, role, keys, storage, mail, provider, proxy."
        " Exits with 1 if something has to be mended. It asks the services but changes nothing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--only", nargs="+", metavar="NAME", help="run these diagnoses alone")

    def handle(self, *args: Any, **options: Any) -> None:
        only = set(options["only"] or ())
        if unknown := only - set(diagnosis_names()):
            raise CommandError(f"Unknown: {', '.join(unknown)}. {', '.join(diagnosis_names())}")
        findings = list(self._report(only, is_json=options["json"]))
        ok = all(finding.ok for finding in findings)
        if options["json"]:
            listed = [asdict(finding) for finding in findings]
            self.stdout.write(json.dumps({"ok": ok, "findings": listed}))
        if not ok:
            sys.exit(1)

    def _report(self, only: set[str], *, is_json: bool) -> Any:
        for finding in diagnose(only):
            if not is_json:
                self._write(finding)
            yield finding

    def _write(self, finding: Finding) -> None:
        word = self.style.SUCCESS("ok    ") if finding.ok else self.style.ERROR("FAILED")
        self.stdout.write(f"{word}  {finding.name:16}{finding.detail}")
