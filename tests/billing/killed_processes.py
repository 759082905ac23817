"""Processes that are killed in the middle of a write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.db import connection

_PREPARE = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def run_until_killed(script: str, *arguments: str) -> None:
    """Run a script that kills itself with `die()`, in the test's database.

    It finds `arguments` from `sys.argv[2]` on.
    """
    name = str(connection.settings_dict["NAME"])
    killed = subprocess.run(
        [sys.executable, "-c", _PREPARE + script, name, *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
