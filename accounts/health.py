"""Probes: whether the database of the request log takes lines."""

from __future__ import annotations

import time

import psycopg
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from accounts.request_log.writer import writer
from config.db.functions import unusable_functions
from config.db.logs import is_log_apart, log_alias
from config.health import Check, readiness_probe, status_probe

_CONNECT_SECONDS = 2
#: A balancer waits for a probe, so a machine that does not answer is not asked each time.
_ASKED_AGAIN_SECONDS = 15.0
_unreachable_until = 0.0


@readiness_probe("request log")
def check_readiness() -> Check:
    """Accept a database that is away: calls do not wait for it, and lines wait in memory. Refuse
    one without the tables of this release, in which lines would be lost."""
    if not is_log_apart():
        return Check(True, "in the same database")
    if not _is_reachable():
        return Check(True, f"unreachable, {writer.waiting} lines wait")
    return _check_schema()


@status_probe("request log")
def check_installation() -> Check:
    if is_log_apart() and not _is_reachable():
        return Check(False, "unreachable")
    return check_readiness()


def _check_schema() -> Check:
    connection = connections[log_alias()]
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        is_current = not waiting and not unusable_functions(log_alias())
    except (DatabaseError, psycopg.Error):
        connection.close()
        return Check(True, f"unreachable, {writer.waiting} lines wait")
    return Check(is_current, "usable" if is_current else "to migrate")


def _is_reachable() -> bool:
    """Use a separate connection, as the probe of the other database does."""
    global _unreachable_until  # noqa: PLW0603 - of this process
    if time.monotonic() < _unreachable_until:
        return False
    parameters = connections[log_alias()].get_connection_params()
    parameters.pop("pool", None)
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": _CONNECT_SECONDS}) as own:
            own.execute("SELECT 1")
    except psycopg.Error:
        _unreachable_until = time.monotonic() + _ASKED_AGAIN_SECONDS
        return False
    return True
