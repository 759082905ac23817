"""Debian's PgBouncer in transaction mode, in front of the database of the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.local.postgres import Server, data_dir
from config.local.users import run_as
from tests.ports import free_port

#: `options` is not ignored, so a session that asks for it is refused.
_CONFIGURATION = """
[databases]
{name} = host={socket} port=5432 dbname={name} user={role}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
unix_socket_dir =
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def installed() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def pgbouncer(folder: Path, *, size: int = 5) -> Iterator[str]:
    """Yield the URL at which it serves the current test database as the serving role."""
    program, port = installed(), free_port()
    assert program
    user = Server(data_dir()).cluster.serving_user
    folder.chmod(0o777)
    file = folder / "pgbouncer.ini"
    file.write_text(
        _CONFIGURATION.format(
            name=(name := connection.settings_dict["NAME"]),
            socket=connection.settings_dict["OPTIONS"]["host"],
            role=(role := settings.DATABASE_SERVING_ROLE),
            port=port,
            size=size,
            folder=folder,
        )
    )
    file.chmod(0o644)
    process = subprocess.Popen(
        [program, str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **run_as(user),
    )
    try:
        _wait_for(process, port)
        yield f"postgres://{role}@127.0.0.1:{port}/{name}"
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"pgbouncer ended with {process.returncode}")
