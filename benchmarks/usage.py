"""Compare the statistics of a partner with millions of operations with one of ten thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from accounts.request_log.writer import writer
from benchmarks.authorization.callers import Target
from benchmarks.figures import Figure
from benchmarks.timing import time_calls
from tests.factories import Keys, bucket, partner_with_keys

_FEW = 10_000

# A year of calls, the same number every day, of both actions and both modes.
_CHARGES = """
    INSERT INTO billing_charge (id, partner_id, key_id, action, mode, tier_id, cost, fast_cost,
        refunded, state, holder, lease_until, created_at, settled_at)
    SELECT md5(%(partner)s || n)::char(24), %(partner)s, %(key)s,
        CASE WHEN n %% 3 = 0 THEN 'enhance' ELSE 'create' END,
        CASE WHEN n %% 5 = 0 THEN 'thinking' ELSE 'fast' END,
        'scale', 600, 600, 0, 'succeeded', '', at, at, at
    FROM generate_series(1, %(count)s) n,
        LATERAL (SELECT now() - n * interval '365 days' / %(count)s AS at) times
"""
_OPERATIONS = """
    INSERT INTO imaging_imageoperation (id, partner_id, key_id, charge_id, action, requested_mode,
        mode, aspect_ratio, resolution, file_token, image_urls, failure, created_at)
    SELECT id, partner_id, key_id, id, action, mode, mode, '1:1', '1k', gen_random_uuid(),
        '{}', '', created_at
    FROM billing_charge WHERE partner_id = %(partner)s
"""
_ROLLUPS = """
    INSERT INTO billing_dailyusage
        (id, partner_id, day, key_id, action, mode, is_test, succeeded, failed, points)
    SELECT accounts_new_id(), partner_id, (created_at AT TIME ZONE 'UTC')::date, key_id, action,
        mode, false, count(*), 0, sum(cost)
    FROM billing_charge WHERE partner_id = %(partner)s GROUP BY 2, 3, 4, 5, 6
"""


def figures(operations: int) -> Iterator[Figure]:
    calls = {"few": _partner(_FEW), "many": _partner(operations)}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    timings = time_calls(calls, rounds=40, calls=10, after=dict.fromkeys(calls, writer.flush))
    note = f"{timings.median('many'):,.0f} and {timings.median('few'):,.0f} µs"
    name = f"usage with {operations:,} operations ÷ with {_FEW:,}"
    yield Figure(name, timings.ratio("many", "few"), "<= 1.2", note)


def _partner(operations: int) -> Callable[[], None]:
    keys = partner_with_keys()
    bucket(keys.partner, 100_000, "scale")
    _insert(keys, operations)
    target = Target("/partner/v1/image/usage", ("X-Api-Key", keys.live))
    return target.wsgi_call(WSGIHandler(), method="GET")


def _insert(keys: Keys, operations: int) -> None:
    values: dict[str, str | int] = {
        "partner": keys.partner.id,
        "key": keys.key("live").id,
        "count": operations,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        # The rows are consistent by construction; checking five million would take minutes.
        cursor.execute("SET session_replication_role = replica")
        for statement in (_CHARGES, _OPERATIONS, _ROLLUPS):
            cursor.execute(statement, values)
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")
