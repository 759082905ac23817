"""A database whose host has gone is given up: it refuses nothing, it only stays silent."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from tests.environment import installation_environment


@pytest.fixture
def silent_port() -> Iterator[int]:
    """One that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_host_that_does_not_answer_is_given_up(silent_port: int) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--only", "database"],
        cwd=settings.BASE_DIR,
        env=installation_environment()
        | {"DATABASE_URL": f"postgres://shopiq@127.0.0.1:{silent_port}/shopiq"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert "DATABASE_URL cannot be used: connection timeout expired" in done.stdout


def test_sessions_notice_that_their_host_has_gone() -> None:
    asked = connection.get_connection_params()
    assert asked["tcp_user_timeout"] == 20_000
    assert asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"] < 30
