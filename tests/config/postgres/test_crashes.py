"""The embedded PostgreSQL starts after crashes of any kind."""

import os
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from config.local.postgres import Server
from tests.config.postgres.clusters import ask, kill_leader
from tests.waiting import wait_for

pytestmark = pytest.mark.kills

ENDS_WITH_PARENT = """
import os, signal, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from config.local.postgres import Server
from config.local.supervisor.process import die_with_parent
Server(Path(sys.argv[1])).start(preexec=die_with_parent())
os.kill(os.getpid(), signal.SIGKILL)
"""


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


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal exists on Linux only")
def test_it_ends_with_a_killed_supervisor(server: Server) -> None:
    subprocess.run([sys.executable, "-c", ENDS_WITH_PARENT, server.cluster.data], check=False)
    wait_for(lambda: not server.processes())
