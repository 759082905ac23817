"""The socket of the embedded PostgreSQL is out of other users' reach."""

import os
from collections.abc import Iterator

import pytest

from config.local.postgres import PostgresError, Server
from tests.config.postgres.clusters import ask

pytestmark = pytest.mark.kills


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
