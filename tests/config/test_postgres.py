"""The embedded PostgreSQL starts, also after crashes of any kind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import environ
import psycopg
import pytest

from config.local.postgres import PostgresError, Server, data_dir
from config.local.postgres.roles import CREATION
from config.local.postgres.transfer import dump, restore, upgrade
from tests.waiting import wait_for

pytestmark = pytest.mark.kills

OLD = Path("/usr/lib/postgresql/15/bin")

ENDS_WITH_PARENT = """
import os, signal, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from config.local.postgres import Server
from config.local.supervisor.process import die_with_parent
Server(Path(sys.argv[1])).start(preexec=die_with_parent())
os.kill(os.getpid(), signal.SIGKILL)
"""


def ask(server: Server, query: str) -> str:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


def leader_of(server: Server) -> int:
    """By its own record: short-lived children bear its command line for a moment."""
    return int((server.cluster.path / "postmaster.pid").read_text().partition("\n")[0])


def kill_leader(server: Server) -> None:
    os.kill(leader_of(server), signal.SIGKILL)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Not in pytest's folders: they are private, and root's server runs as another user."""
    monkeypatch.setenv("SHOPIQ_POSTGRES_OPTIONS", "-c fsync=off")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        made = Server(Path(folder, "data of a shop"))
        yield made
        made.stop()


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


def test_committed_rows_survive_a_killed_server(server: Server) -> None:
    server.start()
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'here' AS word")
    kill_leader(server)
    server.start()
    assert ask(server, "SELECT word FROM kept") == "here"


def test_orphaned_backends_are_terminated_before_a_start(server: Server) -> None:
    server.start()
    with closing(psycopg.connect(server.url)) as connection:
        busy = connection.info.backend_pid
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
        kill_leader(server)
        server.start()
        assert busy not in server.processes()
        assert ask(server, "SELECT 1") == "1"


def test_a_stale_pid_file_is_ignored(server: Server) -> None:
    server.start()
    pid_file = server.cluster.path / "postmaster.pid"
    recorded = pid_file.read_text().partition("\n")
    server.stop()
    # Restarted containers give out the same numbers again, here to a program of the same user.
    with subprocess.Popen(["sleep", "60"], **server.cluster.as_owner) as other:
        pid_file.write_text(f"{other.pid}\n{recorded[2]}")
        os.chown(pid_file, server.cluster.owner.pw_uid, -1)
        assert not server.is_running()
        server.start()
        assert ask(server, "SELECT 1") == "1"
        other.kill()


def test_an_interrupted_creation_is_repeated(server: Server) -> None:
    part = server.cluster.data / "postgres.part"
    part.mkdir(parents=True)
    (part / "PG_VERSION").write_text("18\n")
    server.start()
    assert ask(server, "SELECT 1") == "1"
    assert not part.exists()


def test_a_failed_start_is_explained(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIQ_POSTGRES_OPTIONS", "-c shared_buffers=much")
    with pytest.raises(PostgresError, match=r"did not start.*shared_buffers"):
        server.start()


def test_the_socket_is_where_no_other_user_can_make_folders(server: Server) -> None:
    server.start()
    assert server.cluster.sockets.parent == server.cluster.data


@pytest.fixture
def deep_server(server: Server) -> Iterator[Server]:
    """A server whose folder has too long a path for a socket."""
    deep = Server(server.cluster.data / ("deep" * 20))
    server.cluster.data.mkdir(parents=True)
    server.cluster.data.chmod(0o711)
    yield deep
    deep.stop()


def test_a_deep_folder_has_its_socket_elsewhere(deep_server: Server) -> None:
    deep_server.start()
    name = deep_server.cluster.sockets.name
    assert name.startswith(f"shopiq-{os.geteuid()}-")
    assert ask(deep_server, "SELECT 1") == "1"
    deep_server.stop()
    assert not deep_server.cluster.sockets.exists()


@pytest.mark.parametrize("trap", ["link", "open"])
def test_a_socket_folder_of_another_user_is_rejected(deep_server: Server, trap: str) -> None:
    server = deep_server
    if trap == "link":
        ours = server.cluster.data.parent / "private"
        ours.mkdir(mode=0o700)
        server.cluster.sockets.symlink_to(ours)
    else:
        server.cluster.sockets.mkdir()
        server.cluster.sockets.chmod(0o777)
    try:
        with pytest.raises(PostgresError, match="not a private folder"):
            server.start()
    finally:
        if trap == "link":
            server.cluster.sockets.unlink()
        else:
            server.cluster.sockets.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal exists on Linux only")
def test_it_ends_with_a_killed_supervisor(server: Server) -> None:
    subprocess.run([sys.executable, "-c", ENDS_WITH_PARENT, server.cluster.data], check=False)
    wait_for(lambda: not server.processes())


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


def test_a_dump_is_restored_into_another_folder(server: Server, tmp_path: Path) -> None:
    server.start()
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'here' AS word")
    server.stop()
    file = tmp_path / "shopiq.dump"
    dump(server, file)
    assert not server.is_running()
    assert file.stat().st_mode & 0o077 == 0

    other = Server(server.cluster.data.with_name("other"))
    try:
        restore(other, file)
        other.start()
        assert ask(other, "SELECT word FROM kept") == "here"
        with pytest.raises(PostgresError, match="not empty"):
            restore(other, file)
    finally:
        other.stop()


@pytest.mark.skipif(not OLD.exists(), reason="PostgreSQL 15 is not installed")
def test_a_cluster_of_an_earlier_version_is_upgraded_and_kept(server: Server) -> None:
    cluster = server.cluster
    cluster.make_folders()
    cluster.path.mkdir(mode=0o700)
    os.chown(cluster.path, cluster.owner.pw_uid, cluster.owner.pw_gid)
    cluster._run(
        OLD / "initdb",
        "-D",
        cluster.path,
        "-U",
        "postgres",
        "-A",
        "peer",
        "-E",
        "UTF8",
        "--locale=C",
    )
    cluster._run(OLD / "postgres", "--single", "-D", cluster.path, "postgres", stdin=CREATION)
    server.start(binaries=OLD)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'here' AS word")
    server.stop()
    with pytest.raises(PostgresError, match="another version of PostgreSQL"):
        server.start()

    kept = upgrade(server)

    assert kept == cluster.path.with_name("postgres-15")
    assert kept.is_dir()
    server.start()
    assert ask(server, "SELECT word FROM kept") == "here"
    assert ask(server, "SHOW server_version_num") > "180000"
    assert upgrade(server) is None
