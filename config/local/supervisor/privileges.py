"""Web, worker and sweeper of root's installation run as an unprivileged user.

It gets their folders and the secrets. If it cannot serve, because it cannot read the code,
reach the database or listen on the port, everything stays root's, and the reason is printed.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.local.users import run_as

#: What the processes write, in the data folder.
_FOLDERS = ("builds", "mail", "media", "sites")
_SECRETS = "secrets.env"
_PROBE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django, gunicorn
django.setup()
from django.conf import settings
from django.db import connection
for name in ("MEDIA_ROOT", "SITES_ROOT", "BUILDS_ROOT"):
    folder = str(getattr(settings, name))
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    if not os.access(folder, os.W_OK):
        raise SystemExit(f"it cannot write to {folder}")
connection.ensure_connection()
"""


@dataclass(frozen=True)
class Serving:
    """How the serving processes are started: arguments of Popen, and changes to the environment."""

    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def give_up_root(
    user: pwd.struct_passwd, *, data: Path, checkout: Path, env: dict[str, str], port: int
) -> Serving:
    """Prepare `data` for the user, and return how to become it."""
    if os.geteuid():
        return Serving()
    environment = {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}
    serving = Serving(run_as(user), environment)
    _give_folders(data, user)
    if reason := _find_obstacle(serving, checkout, env, port):
        for name in (*_FOLDERS, _SECRETS):  # the next run that can gives it all again
            _give(data / name, 0, 0)
        name = user.pw_name
        sys.stdout.write(f"Web, worker and sweeper run as root, because {name} cannot: {reason}\n")
        sys.stdout.flush()
        return Serving()
    return serving


def _find_obstacle(serving: Serving, checkout: Path, env: dict[str, str], port: int) -> str:
    """Return why the user could not serve, "" if it can."""
    if port < _first_free_port():
        return f"only root can listen on port {port}."
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            cwd=checkout,
            env={**env, **serving.environment, "DB_POOL_SIZE": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **serving.options,
        )
    except OSError as error:  # the folder or the interpreter
        return f"{error.strerror}: {error.filename}"
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return lines[-1] if done.returncode else ""


def _first_free_port() -> int:
    with suppress(OSError, ValueError):
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    return 1024


def _give_folders(data: Path, user: pwd.struct_passwd) -> None:
    for name in _FOLDERS:
        folder = data / name
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700 if name == "mail" else 0o755)
        if folder.lstat().st_uid != user.pw_uid:
            for _, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
                for each in (*folders, *files):
                    os.chown(
                        *(each, user.pw_uid, user.pw_gid), dir_fd=descriptor, follow_symlinks=False
                    )
            _give(folder, user.pw_uid, user.pw_gid)
    _give(data / _SECRETS, user.pw_uid, user.pw_gid)


def _give(path: Path, user: int, group: int) -> None:
    with suppress(FileNotFoundError):  # production has its secrets elsewhere
        os.chown(path, user, group, follow_symlinks=False)
