"""Count how often a call waits for the database, in the protocol: BEGIN and COMMIT count too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import pq

from benchmarks.authorization.callers import Target
from benchmarks.figures import Figure
from config.api.middleware import CallMiddleware
from tests.factories import Keys, bucket, partner_with_keys

_CREATE = "/partner/v1/image/create"
connection = cast(DatabaseWrapper, connections["default"])


def figures() -> Iterator[Figure]:
    keys = partner_with_keys()
    bucket(keys.partner, 100_000)
    with _log_elsewhere(), _one_connection(), tempfile.TemporaryDirectory() as folder:
        for name, secret, target in _cases(keys):
            yield Figure(f"round trips of {name}", _count(secret, folder), target)


def _cases(keys: Keys) -> list[tuple[str, str, str]]:
    return [("a test call", keys.test, "== 1"), ("a live call", keys.live, "== 2")]


def _count(secret: str, folder: str) -> int:
    """Count the round trips of one call after a warm-up, as libpq traces its only connection."""
    call = Target(_CREATE, ("X-Api-Key", secret)).wsgi_call(WSGIHandler())
    call()
    with open(f"{folder}/trace", "w+b") as trace:
        _trace(trace.fileno())
        call()
        _trace(None)
        trace.seek(0)
        # The server is ready for the next query once for each time that a client waited.
        return trace.read().count(b"ReadyForQuery")


def _trace(fileno: int | None) -> None:
    connection.ensure_connection()
    pgconn = connection.connection.pgconn
    if fileno is None:
        pgconn.untrace()
    else:
        pgconn.trace(fileno)
        pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
    connection.close()


@contextmanager
def _log_elsewhere() -> Iterator[None]:
    """Leave out the request log: a thread writes it, and no call waits for that."""
    listeners = CallMiddleware.listeners[:]
    CallMiddleware.listeners.clear()
    try:
        yield
    finally:
        CallMiddleware.listeners[:] = listeners


@contextmanager
def _one_connection() -> Iterator[None]:
    options = connection.settings_dict["OPTIONS"]
    usual = options["pool"]
    connection.close_pool()
    options["pool"] = {**usual, "max_size": 1}
    try:
        yield
    finally:
        connection.close_pool()
        options["pool"] = usual
