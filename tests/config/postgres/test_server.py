"""The embedded PostgreSQL starts, serves and stops."""

import os
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import environ
import psycopg
import pytest

from config.local.postgres import PostgresError, Server, data_dir
from tests.config.postgres.clusters import ask, leader_of

pytestmark = pytest.mark.kills


def test_it_serves_its_own_folder_through_a_socket_only(server: Server) -> None:
    server.start()
    assert ask(server, "SHOW data_directory") == str(server.cluster.path)
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW fsync") == "off"  # the environment's options arrive
    assert (
        ask(
            server,
            "SELECT current_user || pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()",
        )
        == "postgresUTF8"
    )


def test_the_roles_that_serve_and_own_are_no_superusers(server: Server) -> None:
    server.start()
    with psycopg.connect(server.admin_url) as connection:
        powers = "SELECT rolname FROM pg_roles WHERE rolcanlogin AND (rolsuper OR rolcreaterole)"
        assert connection.execute(powers).fetchall() == [("postgres",)]
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE mine ()")
    with psycopg.connect(server.url) as connection, pytest.raises(psycopg.errors.Error):
        connection.execute("DROP TABLE mine")


def test_the_log_has_no_values_and_is_private(server: Server) -> None:
    server.start()
    statements = [
        "CREATE TEMP TABLE people (email text PRIMARY KEY, CHECK (email <> 'bad@secret.test'))",
        "INSERT INTO people VALUES ('first@secret.test')",
        "INSERT INTO people VALUES ('first@secret.test')",
        "INSERT INTO people VALUES ('bad@secret.test')",
        "SELECT 'other@secret.test'::int",
        "DO $$ BEGIN RAISE WARNING 'warned@secret.test'; END $$",
        "SELECT pg_terminate_backend(pg_backend_pid()), 'last@secret.test'",
    ]
    with closing(psycopg.connect(server.owner_url, autocommit=True)) as connection:
        for statement in statements:
            with suppress(psycopg.Error):
                connection.execute(statement.encode())
    server.stop()

    written = server.cluster.log.read_text()
    assert "terminating connection" in written
    assert "secret.test" not in written
    for name in ("postgres.log", "postgres.lock"):
        assert (server.cluster.data / name).stat().st_mode & 0o777 == 0o600


def test_a_lock_file_that_was_open_to_all_is_closed(server: Server) -> None:
    server.cluster.data.mkdir(parents=True)
    lock = server.cluster.data / "postgres.lock"
    lock.touch(mode=0o644)
    server.start()
    assert lock.stat().st_mode & 0o777 == 0o600


def test_a_cluster_without_the_roles_is_explained(server: Server) -> None:
    server.start()
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE other SUPERUSER LOGIN")
        connection.execute("ALTER DATABASE shopiq OWNER TO other")
        connection.execute("DROP ROLE shopiq_owner")
    with pytest.raises(PostgresError, match="earlier version"):
        server.start()


def test_starting_twice_changes_nothing(server: Server) -> None:
    server.start()
    before = ask(server, "SELECT pg_postmaster_start_time()")
    Server(server.cluster.data).start()
    assert ask(server, "SELECT pg_postmaster_start_time()") == before


def test_concurrent_starts_create_one_server(server: Server) -> None:
    env = {**os.environ, "SHOPIQ_DATA": str(server.cluster.data)}
    command = [sys.executable, "-m", "config.local.postgres", "start"]
    starts = [subprocess.Popen(command, env=env) for _ in range(3)]
    assert [start.wait() for start in starts] == [0, 0, 0]
    assert sum(" -D " in command for command in server.processes().values()) == 1
    assert ask(server, "SELECT 1") == "1"


def test_stopping_leaves_no_processes(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url):
        server.stop()
    assert server.processes() == {}
    assert not server.is_running()


def test_a_failed_start_is_explained(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIQ_POSTGRES_OPTIONS", "-c shared_buffers=much")
    with pytest.raises(PostgresError, match=r"did not start.*shared_buffers"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_roots_server_gets_its_own_folder_and_no_other(server: Server) -> None:
    server.start()
    assert Path("/proc", str(leader_of(server))).stat().st_uid != 0
    assert server.cluster.path.stat().st_uid != 0
    assert server.cluster.data.stat().st_uid == 0


def test_django_parses_its_url(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    server.start()
    parsed = environ.Env.db_url_config(server.url)
    assert (parsed["NAME"], parsed["USER"], parsed["PORT"]) == ("shopiq", "shopiq", 5432)
    assert parsed["OPTIONS"] == {"host": str(server.cluster.sockets)}
    assert ask(server, "SELECT 1") == "1"


def test_the_data_folder_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIQ_DATA", "/srv/shop")
    assert data_dir() == Path("/srv/shop")
    monkeypatch.delenv("SHOPIQ_DATA")
    assert data_dir().is_absolute()
