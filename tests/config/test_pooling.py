"""Behind a pooler in transaction mode, every transaction may get another session."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import environ
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection

from billing.services import check_ledger
from config.db.roles import connect_directly
from config.local.postgres import Server, data_dir
from integrations.services.webhooks import CHANNEL
from tests import pgbouncer
from tests.factories import Keys
from tests.server_fixtures import Start
from tests.web import database_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pgbouncer.installed(), reason="pgbouncer is not installed"),
]

CALLERS, CALLS = 20, 26


@pytest.fixture
def pooler(live_db: None) -> Iterator[str]:
    """Not in pytest's folders: they are private, and it runs as another user."""
    with TemporaryDirectory() as folder, pgbouncer.pgbouncer(Path(folder)) as url:
        yield url


@pytest.fixture
def role_with_timeouts(live_db: None) -> Iterator[None]:
    name, role = connection.settings_dict["NAME"], django_settings.DATABASE_SERVING_ROLE
    admin = Server(data_dir()).admin_url
    with psycopg.connect(admin, autocommit=True) as session:
        for setting, value in django_settings.DB_TIMEOUTS.items():
            session.execute(
                f"ALTER ROLE {role} IN DATABASE {name} SET {setting} = '{value}'".encode()
            )
    yield
    with psycopg.connect(admin, autocommit=True) as session:
        session.execute(f"ALTER ROLE {role} IN DATABASE {name} RESET ALL".encode())


def environment_of(pooler: str) -> dict[str, str]:
    return {"DATABASE_URL": pooler, "DATABASE_DIRECT_URL": database_url()}


def check_database(pooler: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **environment_of(pooler)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def test_no_call_fails_under_load_and_every_point_is_accounted_for(
    pooler: str, role_with_timeouts: None, keys: Keys, own_server: Start
) -> None:
    server = own_server(workers=2, env={**environment_of(pooler), "PGAPPNAME": "shopiq web"})
    body = {"prompt": "A vase"}

    def call(number: int) -> int:
        if number % 4:
            return int(server.get("/partner/v1/image/usage", keys.live).status)
        key = keys.test if number % 8 else keys.live
        return int(server.post("/partner/v1/image/create", body, key).status)

    with ThreadPoolExecutor(CALLERS) as threads:
        answers = Counter(threads.map(call, range(CALLERS * CALLS)))

    assert set(answers) <= {200, 429}
    assert answers[200] >= 60  # the limit of a minute
    assert check_ledger().ok


def test_limits_are_read_back_through_the_pooler(pooler: str, live_db: None) -> None:
    assert "shopiq.E064" in check_database(pooler)


def test_limits_of_the_role_are_enough(pooler: str, role_with_timeouts: None) -> None:
    assert "shopiq.E064" not in check_database(pooler)


def test_notifications_arrive_past_the_pooler(pooler: str, live_db: None, settings: Any) -> None:
    direct = environ.Env.db_url_config(database_url())
    settings.DATABASE_DIRECT = direct
    with (
        connect_directly(autocommit=True) as session,
        psycopg.connect(pooler, autocommit=True) as pooled,
    ):
        session.execute(f"LISTEN {CHANNEL}".encode())
        pooled.execute("SELECT pg_notify(%s, '')", [CHANNEL])
        heard = list(session.notifies(timeout=60, stop_after=1))
    assert [notification.channel for notification in heard] == [CHANNEL]
