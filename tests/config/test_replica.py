"""A standby answers what may be some seconds old, while it keeps up, and nothing else."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import environ
import psycopg
import pytest
from django.db import connections

from benchmarks.production.clusters import Cluster
from config.db import replica
from config.db.replica import REPLICA, ReplicaRouter, reading_from_replica

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        reason="needs root and Debian's PostgreSQL",
    ),
]


@pytest.fixture
def pair(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and its standby, as `default` and `replica` of this test."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        primary, standby = (
            Cluster(Path(folder, name), log=Path(folder, f"{name}.log"))
            for name in ("primary", "standby")
        )
        primary.create()
        primary.start()
        standby.copy_from(primary)
        standby.start()
        databases = {
            alias: connections.configure_settings(
                {"default": environ.Env.db_url_config(cluster.url("postgres", "postgres"))}
            )["default"]
            for alias, cluster in (("default", primary), (REPLICA, standby))
        }
        monkeypatch.setattr(connections, "settings", databases)
        handler: Any = connections
        opened = handler._connections
        before = getattr(opened, "default", None)
        for alias in databases:
            setattr(opened, alias, handler.create_connection(alias))
        settings.DATABASE_REPLICA_URL = standby.url("postgres", "postgres")
        settings.REPLICA_LAG_SECONDS = 0.0
        monkeypatch.setattr(replica, "_state", replica._State())
        try:
            yield primary, standby
        finally:
            for alias in databases:
                getattr(opened, alias).close()
                delattr(opened, alias)
            if before:
                opened.default = before
            standby.remove()
            primary.remove()


def alias_for_reads() -> str | None:
    with reading_from_replica():
        return ReplicaRouter().db_for_read(None)


def ask_and_close() -> None:
    """As a thread of its own."""
    try:
        alias_for_reads()
    finally:
        connections.close_all()


def test_it_is_used_while_it_keeps_up(
    pair: tuple[Cluster, Cluster], django_db_blocker: Any
) -> None:
    primary, standby = pair
    with (
        django_db_blocker.unblock(),
        psycopg.connect(primary.url("postgres", "postgres"), autocommit=True) as writer,
        psycopg.connect(standby.url("postgres", "postgres"), autocommit=True) as reader,
    ):
        while alias_for_reads() != REPLICA:
            """It streams soon."""
        assert ReplicaRouter().db_for_read(None) is None
        assert ReplicaRouter().db_for_write(None) == "default"

        reader.execute("SELECT pg_wal_replay_pause()")
        writer.execute("CREATE TABLE written AS SELECT 1")
        alias_for_reads()
        assert alias_for_reads() is None

        reader.execute("SELECT pg_wal_replay_resume()")
        while alias_for_reads() != REPLICA:
            """It catches up."""

    standby.stop()
    with django_db_blocker.unblock():
        assert alias_for_reads() is None


def test_one_that_stays_silent_keeps_one_thread_waiting_once(
    pair: tuple[Cluster, Cluster], django_db_blocker: Any
) -> None:
    """Its host may have gone: it refuses nothing, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent, django_db_blocker.unblock():
        database: Any = connections.settings[REPLICA]
        database |= {"PORT": silent.getsockname()[1], "OPTIONS": {"connect_timeout": 3}}
        asking = threading.Thread(target=ask_and_close)
        asking.start()
        asked, _ = silent.accept()

        assert alias_for_reads() is None
        assert asking.is_alive(), "the other thread waits for the answer"

        asking.join()
        assert alias_for_reads() is None
        silent.settimeout(0)
        with pytest.raises(BlockingIOError):
            silent.accept()
        asked.close()
