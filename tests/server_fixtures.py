"""Fixtures of servers; `tests/conftest.py` imports them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.buckets import KEYS, REGION
from tests.web import WebServer

if TYPE_CHECKING:  # it takes a while to load
    from mypy_boto3_s3 import S3Client

Start = Callable[..., WebServer]


@pytest.fixture(scope="session")
def _shared_servers(django_db_setup: None, tmp_path_factory: Any) -> Iterator[Start]:
    servers: dict[str, WebServer] = {}

    def start(**options: Any) -> WebServer:
        name = repr(sorted(options.items()))
        if name not in servers or servers[name].process.poll() is not None:
            servers[name] = WebServer(folder=tmp_path_factory.mktemp("web"), **options)
            servers[name].wait_until_ready()
        return servers[name]

    yield start
    for server in servers.values():
        server.stop(signal.SIGKILL)


@pytest.fixture
def web_server(live_db: None, settings: Any, _shared_servers: Start) -> Iterator[Start]:
    """A real gunicorn on the test database, `web_server(threads=…, env={…})`.

    Tests that want the same options share it; one that stops it takes `own_server`.
    """
    used: list[WebServer] = []

    def share(**options: Any) -> WebServer:
        server = _shared_servers(**options)
        server.begin_test()
        settings.MEDIA_ROOT = str(server.media)
        used.append(server)
        return server

    yield share
    for server in used:
        server.end_test()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Return the URL of a fake S3, whose buckets last as long as the process."""
    from moto.server import ThreadedMotoServer  # which takes a second to load

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def s3_client(s3_endpoint: str) -> S3Client:
    import boto3  # which takes a while to load, too

    return boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=s3_endpoint,
        aws_access_key_id=KEYS["access_key_id"],
        aws_secret_access_key=KEYS["secret_access_key"],
    )


@pytest.fixture
def own_server(live_db: None, settings: Any, tmp_path: Path) -> Iterator[Start]:
    """Start a web server for one test, which may stop or kill it."""
    servers: list[WebServer] = []

    def start(**options: Any) -> WebServer:
        server = WebServer(folder=tmp_path, **options)
        settings.MEDIA_ROOT = str(server.media)
        servers.append(server)
        server.wait_until_ready()
        return server

    yield start
    for server in servers:
        server.stop(signal.SIGKILL)
