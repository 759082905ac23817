"""Readiness of the installation: `/readyz` runs the registered probes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.db.canaries import find_wrong_keys
from config.db.functions import changed_functions

_CONNECT_SECONDS = 3
_FRESH_SECONDS = 1.0
_lock = threading.Lock()
_last: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a probe; `detail` is a number of seconds or a word."""

    ok: bool
    detail: str | float | None = None


Probe = Callable[[], Check]
_probes: dict[str, Probe] = {}


def readiness_probe(name: str) -> Callable[[Probe], Probe]:
    """Register a probe of `/readyz`; it can query the database; exceptions are failures."""

    def register(probe: Probe) -> Probe:
        _probes[name] = probe
        return probe

    return register


def readiness() -> dict[str, Any]:
    """Return `{"ready": bool, "checks": {name: {"ok": bool, "detail": …}}}`; never raise.

    The probes run once a second at most: the URL is public, and each run opens a connection.
    """
    with _lock:
        if time.monotonic() >= _last.get("until", 0.0):
            _last.update(result=_run_probes(), until=time.monotonic() + _FRESH_SECONDS)
        result: dict[str, Any] = _last["result"]
        return result


def _run_probes() -> dict[str, Any]:
    try:
        checks = {name: probe() for name, probe in _probes.items()}
    except (DatabaseError, psycopg.Error):
        checks = {"database": Check(False, "unreachable")}
    return {
        "ready": all(check.ok for check in checks.values()),
        "checks": {name: asdict(check) for name, check in checks.items()},
    }


@readiness_probe("database")
def check_database() -> Check:
    """Use a separate connection: the pool would wait half a minute for an unreachable server."""
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    with psycopg.connect(**parameters, connect_timeout=_CONNECT_SECONDS) as own:
        own.execute("SELECT 1")
    return Check(True)


@readiness_probe("migrations")
def check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check(not waiting, f"{len(waiting)} to apply" if waiting else "applied")


@readiness_probe("functions")
def check_functions() -> Check:
    changed = changed_functions()
    return Check(not changed, f"changed: {', '.join(changed)}" if changed else "match their files")


@readiness_probe("keys")
def check_keys() -> Check:
    problems = find_wrong_keys()
    return Check(not problems, " ".join(problems) or "match the data")
