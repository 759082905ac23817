"""The embedded PostgreSQL is dumped, restored and upgraded."""

import os
from pathlib import Path

import psycopg
import pytest

from config.local.postgres import PostgresError, Server
from config.local.postgres.roles import CREATION
from config.local.postgres.transfer import dump, restore, upgrade
from tests.config.postgres.clusters import ask

pytestmark = pytest.mark.kills


OLD = Path("/usr/lib/postgresql/15/bin")


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
