"""Calls after a restart of the database succeed, although the pool's connections are dead."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from tests.concurrency import run_concurrently
from tests.factories import Keys
from tests.web import WebServer

#: The connections of this server alone: those of other tests' servers stay.
_NAME = "restarted"
_END_ALL = f"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = '{_NAME}'
"""


def test_calls_after_a_restart_of_the_database_succeed(
    keys: Keys, web_server: Callable[..., WebServer]
) -> None:
    server = web_server(env={"PGAPPNAME": _NAME})

    def call(_: int) -> int:
        body = {"prompt": "a red vase"}
        return int(server.post("/partner/v1/image/create", body, keys.test).status)

    assert set(run_concurrently(16, call)) == {200}
    with connection.cursor() as cursor:
        cursor.execute(_END_ALL)
        assert cursor.rowcount > 0

    assert set(run_concurrently(16, call)) == {200}
