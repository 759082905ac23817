from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.jobs.scheduler import all_rounds, sweep


class Command(BaseCommand):
    help = "The sweeper: finish what others left, until told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round of all, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        ending = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ending.set())
        rounds = all_rounds()
        pause = sweep(rounds)
        while not options["once"] and not ending.wait(pause):
            pause = sweep(rounds)
