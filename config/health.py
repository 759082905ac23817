"""Whether this installation can do its work."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.db.models.functions import Now

from billing.models import Charge
from deployments.models import Deployment

_HEARTBEAT = "worker-heartbeat"
#: The sweeper rings every ten seconds; six missed answers mean that the worker is gone.
_HEARTBEAT_SECONDS = 60.0
#: A lease that ran out longer ago than this tells that no sweeper is at work.
_OVERDUE_SECONDS = 60.0
_CONNECT_SECONDS = 3
_FRESH_SECONDS = 1.0
_looking = threading.Lock()
_last: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `detail` is a number of seconds or a word."""

    ok: bool
    detail: str | float | None = None


def record_heartbeat() -> None:
    """Run by the worker when the sweeper rings: proves the way through the queue."""
    cache.set(_HEARTBEAT, time.time(), timeout=None)


def readiness() -> dict[str, Any]:
    """`{"ready": bool, "checks": {name: {"ok": bool, "detail": …}}}`; never raises.

    Looked at once a second at most: anybody may ask, and each look opens a connection.
    """
    with _looking:
        if time.monotonic() >= _last.get("until", 0.0):
            _last.update(result=_look(), until=time.monotonic() + _FRESH_SECONDS)
        result: dict[str, Any] = _last["result"]
        return result


def _look() -> dict[str, Any]:
    try:
        checks = {
            "database": _check_database(),
            "migrations": _check_migrations(),
            "worker": _check_worker(),
            "leases": _check_leases(),
        }
    except (DatabaseError, psycopg.Error):
        checks = {"database": Check(False, "unreachable")}
    return {
        "ready": all(check.ok for check in checks.values()),
        "checks": {name: asdict(check) for name, check in checks.items()},
    }


def _check_database() -> Check:
    """By a connection of its own: the pool would wait half a minute for a server that is away."""
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    with psycopg.connect(**parameters, connect_timeout=_CONNECT_SECONDS) as own:
        own.execute("SELECT 1")
    return Check(True)


def _check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check(not waiting, f"{len(waiting)} to apply" if waiting else "applied")


def _check_worker() -> Check:
    last = cache.get(_HEARTBEAT)
    if last is None:
        return Check(False, "never seen")
    age = round(time.time() - last, 1)
    return Check(age <= _HEARTBEAT_SECONDS or _is_building(), age)


def _is_building() -> bool:
    """A worker that holds a deployment is alive, although the bell has to wait for it."""
    return Deployment.objects.running().filter(lease_until__gte=Now()).exists()


def _check_leases() -> Check:
    oldest = (
        Charge.objects.reserved()
        .filter(lease_until__lt=Now())
        .aggregate(overdue=Now() - Min("lease_until"))["overdue"]
    )
    seconds = round(oldest.total_seconds(), 1) if oldest else 0.0
    return Check(seconds <= _OVERDUE_SECONDS, seconds)
