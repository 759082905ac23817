"""The request log and the daily counts in a database of their own (`LOG_DATABASE_URL`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.jobs import purge_request_log, watch_account_lookups
from accounts.models import DailyCalls, RequestLog
from accounts.request_log.lines import LogLine
from accounts.request_log.writer import RequestLogWriter, writer
from accounts.services.alerts import check_alerts
from accounts.services.whitelists import find_locked_out_callers
from config.db.logs import LOG
from config.doctor import diagnose
from config.jobs.partitions import check_partitions
from tests.factories import Keys
from tests.staff import superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.slow

USAGE = "/partner/v1/image/usage"
Send = Callable[..., Any]


@contextmanager
def log_in(name: str) -> Iterator[None]:
    """Have the log in the database of that name, on the same server."""
    connections.settings[LOG] = {**connections[connection.alias].settings_dict, "NAME": name}
    routers = ["config.db.logs.LogRouter", "config.db.logs.OtherRouter"]
    try:
        with override_settings(LOG_DATABASE_URL=f"postgres:///{name}", DATABASE_ROUTERS=routers):
            yield
    finally:
        connections[LOG].close()
        del connections[LOG]
        del connections.settings[LOG]


@contextmanager
def database(name: str, *options: str) -> Iterator[None]:
    """Make one, and drop it."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(" ".join((f"CREATE DATABASE {name}", *options)))
    try:
        yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def migrated(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database that `migrate` has migrated, for each test to copy."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_migrated"
        with database(name):
            with log_in(name):
                call_command("migrate", verbosity=0)
            yield name


@pytest.fixture
def log_database(live_db: None, migrated: str) -> Iterator[None]:
    """A second database, migrated."""
    name = f"{connection.settings_dict['NAME']}_log"
    with database(name, f"TEMPLATE {migrated}"), log_in(name):
        yield


def rows_in(alias: str) -> tuple[int, int]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM accounts_requestlog),"
            " (SELECT coalesce(sum(succeeded + refused), 0) FROM accounts_dailycalls)"
        )
        lines, calls = cursor.fetchone()
    return lines, int(calls)


def test_lines_and_counts_are_there_and_pages_find_them(
    log_database: None, keys: Keys, get: Send
) -> None:
    response = get(USAGE, keys.live, **{"X-Request-Id": "order-4711"})
    get(USAGE, keys.test)
    get("/partner/v1/image/operations/unknown", keys.live)
    writer.flush()
    assert rows_in(LOG) == (3, 3)
    mine = {"partner": keys.partner}
    assert not RequestLog.objects.using("default").filter(**mine).exists()
    assert not DailyCalls.objects.using("default").filter(**mine).exists()
    assert keys.key("live").last_used_at

    row = RequestLog.objects.of(keys.partner.pk).with_request_id("order-4711").get()
    assert row.request_id == response.headers["X-Request-Id"]
    assert row.key == keys.key("live")
    developer = browser_of(create_user(keys.partner))
    for path in (
        reverse("dashboard"),
        reverse("requests"),
        reverse("request-errors"),
        reverse("request", args=[row.pk]),
        reverse("key", args=[keys.key("live").pk]),
        reverse("usage"),
        reverse("usage-calls-csv"),
        reverse("search") + "?q=order-4711",
        reverse("requests-csv"),
    ):
        page = developer.get(path)
        assert page.status_code == 200, path
    assert developer.get(reverse("requests")).context["page"].rows
    staff = superuser()
    for path in (
        "/admin/accounts/requestlog/",
        f"/admin/accounts/requestlog/?partner={keys.partner.pk}&q={row.request_id}",
        f"/admin/accounts/requestlog/{row.pk}/change/",
        "/admin/accounts/dailycalls/",
        f"/admin/accounts/partner/{keys.partner.pk}/change/",
    ):
        assert staff.get(path).status_code == 200, path


def test_jobs_read_and_purge_it(log_database: None, keys: Keys, get: Send, settings: Any) -> None:
    get(USAGE, keys.live)
    writer.flush()
    assert find_locked_out_callers(key=keys.key("live"), networks=["10.0.0.0/8"])
    check_alerts()
    watch_account_lookups()
    assert check_partitions().ok
    assert [finding.ok for finding in diagnose({"request log"})] == [True]

    settings.REQUEST_LOG_DAYS = -1
    purge_request_log()

    assert rows_in(LOG) == (0, 1)


def test_calls_do_not_need_it(log_database: None, keys: Keys, get: Send) -> None:
    """The lines wait until it is back."""
    waiting = RequestLogWriter()
    waiting._start = lambda: None  # type: ignore[method-assign]
    waiting.add(LogLine(timezone.now(), keys.partner.pk, None, "r", "GET", "/", 200, "", 1, None))
    with connections[LOG].cursor() as cursor, suppress(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        waiting.flush()
    connections[LOG].close()

    assert get(USAGE, keys.live).status_code == 200
    assert waiting.flush() == 1
    writer.flush()
    assert rows_in(LOG)[0] == 2


def test_processes_stay_ready_while_it_is_away(
    log_database: None, keys: Keys, get: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.health._FRESH_SECONDS", 0.0)
    monkeypatch.setattr("accounts.health._ASKED_AGAIN_SECONDS", 0.0)
    name = connections[LOG].settings_dict["NAME"]

    def probe(path: str) -> tuple[int, dict[str, Any]]:
        response = get(path)
        return response.status_code, response.json()["checks"]["request log"]

    assert probe("/readyz") == (200, {"ok": True, "detail": "usable"})
    connections[LOG].close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} RENAME TO {name}_away")
    try:
        get(USAGE, keys.live)
        status, check = probe("/readyz")
        assert (status, check["ok"]) == (200, True)
        assert str(check["detail"]).startswith("unreachable, ")
        assert probe("/statusz") == (503, {"ok": False, "detail": "unreachable"})
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name}_away RENAME TO {name}")
    writer.flush()
    assert rows_in(LOG)[0] == 1
    assert probe("/readyz")[0] == 200
    with connections[LOG].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")
    assert probe("/readyz") == (503, {"ok": False, "detail": "to migrate"})
