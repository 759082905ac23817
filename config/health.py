"""Whether this process can serve (`/readyz`) and whether the installation works (`/statusz`).

A balancer asks `/readyz`: a worker that is down is no reason to take the API off the air.
"""

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
from config.db.functions import unusable_functions

_CONNECT_SECONDS = 3
_FRESH_SECONDS = 1.0
_lock = threading.Lock()
_last: dict[bool, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a probe; `detail` is a number of seconds or a word."""

    ok: bool
    detail: str | float | None = None


Probe = Callable[[], Check]
_of_process: dict[str, Probe] = {}
_of_installation: dict[str, Probe] = {}


def readiness_probe(name: str) -> Callable[[Probe], Probe]:
    """Register a probe without which this process cannot serve; exceptions are failures."""
    return _register(_of_process, name)


def status_probe(name: str) -> Callable[[Probe], Probe]:
    """Register a probe of what runs elsewhere, such as the worker."""
    return _register(_of_installation, name)


def _register(probes: dict[str, Probe], name: str) -> Callable[[Probe], Probe]:
    def register(probe: Probe) -> Probe:
        probes[name] = probe
        return probe

    return register


def readiness() -> dict[str, Any]:
    """Return `{"ready": bool, "checks": {name: {"ok": bool, "detail": …}}}` of this process."""
    return _run_once(is_of_installation=False)


def installation_status() -> dict[str, Any]:
    """Return the same of the installation as a whole, this process included."""
    return _run_once(is_of_installation=True)


def _run_once(*, is_of_installation: bool) -> dict[str, Any]:
    """Run the probes once a second at most: the URLs are public, and each run opens a connection.

    Never raises.
    """
    with _lock:
        until, result = _last.get(is_of_installation, (0.0, {}))
        if time.monotonic() >= until:
            probes = _of_process | (_of_installation if is_of_installation else {})
            result = _run_probes(probes)
            _last[is_of_installation] = (time.monotonic() + _FRESH_SECONDS, result)
        return result


def _run_probes(probes: dict[str, Probe]) -> dict[str, Any]:
    try:
        checks = {name: probe() for name, probe in probes.items()}
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
    with psycopg.connect(**{**parameters, "connect_timeout": _CONNECT_SECONDS}) as own:
        own.execute("SELECT 1")
    return Check(True)


@readiness_probe("migrations")
def check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check(not waiting, f"{len(waiting)} to apply" if waiting else "applied")


@readiness_probe("functions")
def check_functions() -> Check:
    """Accept those of the next release: a rolling upgrade migrates while this process serves."""
    unusable = unusable_functions()
    detail = f"changed: {', '.join(unusable)}" if unusable else "usable"
    return Check(not unusable, detail)


@readiness_probe("keys")
def check_keys() -> Check:
    problems = find_wrong_keys()
    return Check(not problems, " ".join(problems) or "match the data")
