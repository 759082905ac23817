"""Management commands as processes beside the scheduler: work without a time limit."""

from __future__ import annotations

import subprocess
import sys

import structlog
from django.conf import settings

from config.local.supervisor.process import die_with_parent

log = structlog.get_logger(__name__)

_running: dict[str, subprocess.Popen[bytes]] = {}


def start_command(name: str) -> None:
    """Run `manage.py name` unless it is still running; it ends when this process does."""
    running = _running.get(name)
    if running and running.poll() is None:
        log.warning("command still running", command=name)
        return
    _running[name] = subprocess.Popen(
        [sys.executable, "manage.py", name],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - the scheduler has no threads
    )
