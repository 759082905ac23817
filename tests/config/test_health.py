"""Liveness and readiness."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Charge
from config import health
from config.db.clock import database_now
from config.jobs.heartbeat import check_worker, record_heartbeat
from config.jobs.partitions import add_coming_partitions
from deployments.services import transitions
from tests.deployments.deployment_fakes import PATH, shop_body
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.web import WebServer

Send = Callable[..., Any]


@pytest.fixture(autouse=True)
def probed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable the cache of the probes' results."""
    monkeypatch.setattr(health, "_FRESH_SECONDS", 0.0)
    health._last.clear()


def readiness(get: Send, path: str = "/statusz") -> tuple[int, dict[str, Any]]:
    response = get(path)
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert body["ready"] is (response.status_code == 200)
    return response.status_code, body["checks"]


def test_liveness_does_not_need_the_database(live_db: None, get: Send) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert len(queries) == 0


def test_a_working_installation_is_ready(live_db: None, get: Send) -> None:
    record_heartbeat()
    add_coming_partitions()

    status, checks = readiness(get)

    assert status == 200
    assert set(checks) == {
        *("database", "migrations", "functions", "keys", "worker", "leases", "ledger"),
        *("partitions", "request log"),
    }
    assert all(check["ok"] for check in checks.values())


def test_without_a_worker_the_installation_does_not_work_but_this_process_serves(
    live_db: None, get: Send
) -> None:
    cache.clear()

    status, checks = readiness(get)
    assert (status, checks["worker"]) == (503, {"ok": False, "detail": "never seen"})
    assert checks["database"]["ok"]

    status, checks = readiness(get, "/readyz")
    assert (status, set(checks)) == (
        200,
        {"database", "migrations", "functions", "keys", "request log"},
    )


def test_a_worker_silent_for_a_minute_makes_it_unready(live_db: None, get: Send) -> None:
    cache.set("worker-heartbeat", time.time() - 55, timeout=None)
    assert readiness(get)[0] == 200

    cache.set("worker-heartbeat", time.time() - 61, timeout=None)
    status, checks = readiness(get)
    assert status == 503
    assert checks["worker"]["detail"] >= 61


def test_a_heartbeat_is_as_old_as_the_database_says_whatever_the_clock_of_this_machine(
    live_db: None,
) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        record_heartbeat()
        assert check_worker().ok
    assert check_worker().ok
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=True):
        cache.set("worker-heartbeat", database_now().timestamp() - 61, timeout=None)
        assert not check_worker().ok


def test_an_expired_lease_makes_it_unready(keys: Keys, get: Send) -> None:
    record_heartbeat()
    overdue(keys, seconds=20)
    assert readiness(get)[0] == 200

    Charge.objects.update(lease_until=timezone.now() - timedelta(seconds=61))
    status, checks = readiness(get)

    assert (status, checks["leases"]["ok"]) == (503, False)
    assert 61 <= checks["leases"]["detail"] < 90


def overdue(keys: Keys, *, seconds: float) -> None:
    Charge.objects.create(
        id="c" * 24,
        partner=keys.partner,
        key=keys.key("live"),
        action="create",
        mode="fast",
        tier_id="starter",
        cost=800,
        fast_cost=800,
        holder="",
        lease_until=timezone.now() - timedelta(seconds=seconds),
        created_at=timezone.now(),
    )


@pytest.mark.django_db
def test_an_unapplied_migration_makes_it_unready(get: Send) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'imaging'")

    status, checks = readiness(get, "/readyz")

    assert status == 503
    assert checks["migrations"]["ok"] is False
    assert checks["migrations"]["detail"].endswith("to apply")


def test_a_missing_database_is_reported(own_server: Callable[..., WebServer]) -> None:
    nowhere = "postgres://nobody@127.0.0.1:9/nothing"
    server = own_server(threads=4, pool=0, env={"DATABASE_URL": nowhere})

    response = server.get("/readyz", "")

    assert (response.status, response.json()["ready"]) == (503, False)
    assert response.json()["checks"] == {"database": {"ok": False, "detail": "unreachable"}}
    response = server.get("/partner/v1/image/usage", "sq_live_x")
    assert response.status == 401


def test_concurrent_requests_share_one_run_of_the_probes(
    live_db: None, get: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_FRESH_SECONDS", 60.0)
    assert readiness(get)[1]["leases"]["ok"]

    with CaptureQueriesContext(connection) as queries:
        readiness(get)

    assert len(queries) == 0


def test_a_worker_that_builds_a_shop_is_alive(server: PartnerServer, get: Send) -> None:
    cache.set("worker-heartbeat", time.time() - 600, timeout=None)
    assert not readiness(get)[1]["worker"]["ok"]

    server.post(PATH, shop_body(server.create()))
    transitions.claim_next()

    assert readiness(get)[1]["worker"]["ok"]
