"""Runs of the harnesses that kill the product under load."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from django.conf import settings

from benchmarks.kills.platform import PREPARED, Platform
from config.local.postgres import data_dir
from tests.database import SCHEMA, fingerprint, locked
from tests.environment import installation_environment


def run_harness(module: str, *words: str, **variables: str) -> tuple[int, str]:
    """Its exit code and what it printed; ended by SIGINT, so that it cleans up, if it hangs."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *words],
        cwd=settings.BASE_DIR,
        env={**installation_environment(), PREPARED: str(prepared_platform()), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        printed, _ = process.communicate(timeout=800)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate()
    return process.returncode, printed


def prepared_platform() -> Path:
    """Return the data folder of a stopped platform, made once per state of the schema.

    To make a cluster and to migrate it takes ten seconds, for each of the harnesses.
    """
    folder = data_dir() / f"prepared-{fingerprint((*SCHEMA, '*/sql/*.sql'))}"
    with locked("prepared"):
        if not folder.exists():
            part = data_dir() / "unprepared"
            for left in (part, *data_dir().glob("prepared-*")):
                rmtree(left, ignore_errors=True)
            platform = Platform(part, {})
            try:
                platform.prepare()
            finally:
                platform.stop()
            part.rename(folder)
    return folder
