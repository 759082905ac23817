"""Runs of the harnesses that kill the product under load."""

from __future__ import annotations

import signal
import subprocess
import sys

from django.conf import settings

from tests.environment import installation_environment


def run_harness(module: str, *words: str, **variables: str) -> tuple[int, str]:
    """Its exit code and what it printed; ended by SIGINT, so that it cleans up, if it hangs."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *words],
        cwd=settings.BASE_DIR,
        env={**installation_environment(), **variables},
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
