"""Run the variants with 1, 8 and 32 threads on one partner."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db import connection

from benchmarks.charge import variants
from benchmarks.figures import Figure
from benchmarks.timing import Timings, count_operations
from tests.factories import bucket, partner_with_keys

_THREADS = (1, 8, 32)
_ROUNDS, _SECONDS = 5, 1.0


def figures() -> Iterator[Figure]:
    keys = partner_with_keys()
    bucket(keys.partner, 10**13)
    key = keys.key("live")
    with connection.cursor() as cursor:
        cursor.execute(variants.FLOOR_TABLES)
    workers = {
        "floor": variants.repeated(variants.take_in_one_statement),
        "transaction": variants.repeated(variants.take_in_a_transaction),
        "ours": variants.repeated(partial(variants.charge, key)),
        "orm": variants.repeated(partial(variants.charge_by_orm, key)),
    }
    for threads in _THREADS:
        timings = count_operations(workers, threads=threads, rounds=_ROUNDS, seconds=_SECONDS)
        yield from _compare(timings, "1 thread" if threads == 1 else f"{threads} threads")


def _compare(timings: Timings, threads: str) -> Iterator[Figure]:
    note = ", ".join(f"{name} {timings.median(name):,.0f}/s" for name in timings.rounds)
    floor = f"charge ÷ one-statement floor, hot partner, {threads}"
    yield Figure(floor, timings.ratio("ours", "floor"), ">= 0.5", note)
    usual = f"charge ÷ BEGIN; UPDATE; INSERT; COMMIT, {threads}"
    yield Figure(usual, timings.ratio("ours", "transaction"))
    yield Figure(f"charge ÷ ORM, {threads}", timings.ratio("ours", "orm"), ">= 3")
