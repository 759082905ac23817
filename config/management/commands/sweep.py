from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser

from config.db.canaries import require_right_keys
from config.jobs.checking import CheckedApart
from config.jobs.memory import return_unused_memory
from config.jobs.scheduler import periodic_tasks, run_due


class Command(CheckedApart):
    help = "Run the sweeper: the periodic tasks of all apps, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run each task once, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        require_right_keys()
        ending = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ending.set())
        tasks = periodic_tasks()
        pause = run_due(tasks)
        return_unused_memory()
        while not options["once"] and not ending.wait(pause):
            pause = run_due(tasks)
