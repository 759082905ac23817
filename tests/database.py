"""The PostgreSQL of the tests: started by the first process that needs it, stopped by the last.

Every pytest process has a keeper, `python -m tests.database`, which detects its end, however it
comes, and stops the server unless another keeper exists. Each process has its own database, cloned
from a template that is migrated once per state of the schema.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import IO

import psycopg

from config.local.postgres import PostgresError, Server, data_dir
from config.local.postgres.roles import OWNER

CHECKOUT = Path(__file__).resolve().parent.parent
#: A lost test database is made again, so nothing waits for the disk.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=500"
#: Files that decide what a migrated database holds, but for its SQL functions.
SCHEMA = (
    *(
        "config/mail/**/*.py",
        "*/migrations/*.py",
        "*/grants.py",
        "*/staff_permissions.py",
        "*/models/*.py",
        "*/models.py",
        "*/apps.py",
    ),
    *(
        "config/db/**/*.py",
        "config/admin/permissions.py",
        "config/settings/*.py",
        "requirements.txt",
    ),
)
READY = "ready\n"
NO_DATABASE = "The database of the tests did not start"
OWNER_OF_TESTS = f"""
    SELECT pg_advisory_xact_lock(1);
    ALTER ROLE {OWNER} CREATEDB;
    GRANT pg_signal_backend TO {OWNER};
    GRANT SET ON PARAMETER session_replication_role TO {OWNER};
"""


@contextmanager
def embedded_server(
    checkout: Path = CHECKOUT, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run the server for as long as this process needs it."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.database"],
        cwd=checkout,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us to hear
    )
    with keeper:  # closes its pipes and waits for its end
        assert keeper.stdout
        if (response := keeper.stdout.readline()) != READY:
            raise PostgresError(f"{NO_DATABASE}: {response.strip()}")
        yield


def keep_server() -> None:
    """Serve until the parent closes our standard input, or dies."""
    data = data_dir()
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    os.environ["SHOPIQ_POSTGRES_OPTIONS"] = OPTIONS
    server = Server(data)
    with (data / "keepers.lock").open("w") as keepers:
        fcntl.flock(keepers, fcntl.LOCK_SH)
        _start(server)
        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.read()
        try:
            fcntl.flock(keepers, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # others test here
        server.stop()


def is_embedded() -> bool:
    """Return whether the tests run on their own PostgreSQL, whose roles are those of `bin/run`."""
    return not os.environ.get("DATABASE_URL")


def _start(server: Server) -> None:
    """Start it, and let the tables' owner make databases and pass over triggers."""
    _start_anew_if_damaged(server)
    with psycopg.connect(server.admin_url) as connection:
        connection.execute(OWNER_OF_TESTS)


def _start_anew_if_damaged(server: Server) -> None:
    """Delete the files after a crash of the machine, which without fsync may have damaged them."""
    try:
        server.start()
    except PostgresError:
        server.stop()
        rmtree(server.cluster.path, ignore_errors=True)
        server.start()


@contextmanager
def migrated_database() -> Iterator[None]:
    """Provide a database for this process under Django's default connection."""
    from django.db import connection, connections

    from config.db.functions import install_functions

    if is_embedded():
        _connect_as(OWNER)
    with _free_number() as number:
        original = connection.settings_dict["NAME"]
        name = f"test_shopiq_{number}"
        with locked("template"):
            template = _template()
            _execute(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                f"CREATE DATABASE {name} TEMPLATE {template}",
            )
        _use(name)
        try:
            install_functions()  # those whose files have changed since the template was made
            yield
        finally:
            connections.close_all()
            _use(original)
            _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _template() -> str:
    """Return the name of a migrated database; create it if the schema's files have changed."""
    from django.db import connection

    wanted = f"test_template_{fingerprint(SCHEMA)}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_template\\_%'")
        found = {name for (name,) in cursor.fetchall()}
    if wanted not in found:
        _execute(*(f"DROP DATABASE {name} WITH (FORCE)" for name in found))
        connection.settings_dict["TEST"]["NAME"] = "test_template_unfinished"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        _execute(
            f"ALTER DATABASE test_template_unfinished RENAME TO {wanted}",
            f"ALTER DATABASE {wanted} ALLOW_CONNECTIONS false",  # a clone needs it unused
        )
    return wanted


def fingerprint(patterns: Iterable[str]) -> str:
    """Return a digest of these files of the checkout."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(CHECKOUT.glob(pattern)):
            digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _connect_as(role: str) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["USER"] = connection.settings_dict["USER"] = role


def _use(name: str) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _execute(*statements: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _free_number() -> Iterator[int]:
    """Yield the lowest number that no other process uses; a killed process frees its own."""
    for number in count(1):
        with _lock_file(f"database-{number}") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process of all that test here do something."""
    with _lock_file(name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file(name: str) -> IO[str]:
    return (data_dir() / f"{name}.lock").open("w")


if __name__ == "__main__":
    try:
        keep_server()
    except (PostgresError, OSError) as error:
        sys.stdout.write(f"{error}\n")
