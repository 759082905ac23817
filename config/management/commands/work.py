from __future__ import annotations

from typing import Any

from config.db.canaries import require_right_keys
from config.jobs.checking import CheckedApart
from config.jobs.memory import return_unused_memory


class Command(CheckedApart):
    help = "Run the worker: the tasks of the queue, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        require_right_keys()
        # Imported only here: the library installs signal handlers and reads settings on import.
        from config.jobs.worker import run  # noqa: PLC0415 - the library installs signal handlers

        return_unused_memory()  # before the processes that share it are forked
        run()
