"""A quote beside the statistics of the same partner: the CPU time of process and database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from accounts.request_log.writer import writer
from benchmarks.authorization.callers import Target
from benchmarks.figures import Figure
from benchmarks.timing import database_clock, time_calls
from tests.factories import bucket, partner_with_keys


def figures() -> Iterator[Figure]:
    connection.ensure_connection()
    database = database_clock(connection.connection.info.backend_pid)

    def clock() -> float:
        return time.process_time() + database()

    for buckets in (1, 50):
        calls = _calls(buckets)
        timings = time_calls(
            calls,
            rounds=60,
            calls=10,
            after=dict.fromkeys(calls, writer.flush),
            clock=clock,
        )
        note = f"{timings.median('quote'):,.0f} and {timings.median('usage'):,.0f} µs"
        name = f"quote ÷ usage, {buckets} bucket{'s' if buckets > 1 else ''}"
        yield Figure(name, timings.ratio("quote", "usage"), "<= 1.2", note)


def _calls(buckets: int) -> dict[str, Callable[[], None]]:
    keys = partner_with_keys()
    for _ in range(buckets):
        bucket(keys.partner, 100_000)
    header = ("X-Api-Key", keys.live)
    handler = WSGIHandler()
    return {
        "usage": Target("/partner/v1/image/usage", header).wsgi_call(handler, method="GET"),
        "quote": Target("/partner/v1/image/quote", header).wsgi_call(handler),
    }
