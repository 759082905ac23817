"""What a call, a page and retention cost as the tables grow.

`python -m benchmarks.growth --share 0.1`: two databases on a PostgreSQL of their own, one with
100,000 rows of the request log and 20,000 operations, the other with a share of 100 million and 20
million, which are generated inside the database. Both are measured in turns: CPU time of the
database for calls and pages, time for which retention locks the log. A share of 1 takes 85 GB and
some hours. Exit code 1 means that a figure misses its target.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.figures import Figure, render
from benchmarks.kill_harness import exit_with
from benchmarks.timing import Timings, database_clock, time_calls
from config.local import postgres

LINES, OPERATIONS = 100_000_000, 20_000_000
_SMALL = 0.001
#: Measured, with indexes and what building them needs.
_BYTES_PER_LINE, _BYTES_PER_OPERATION = 500, 1_800
_ROUNDS, _CALLS = 16, 10
Call = Callable[[], object]


def main() -> int:
    share = _options().share
    _require_disk(share)
    os.environ["SHOPIQ_DATA"] = str(postgres.data_dir() / "growth")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    for name in ("DATABASE_URL", "ENV_FILE", "ENVIRONMENT"):
        os.environ.pop(name, None)
    os.makedirs(os.environ["SHOPIQ_DATA"], exist_ok=True)
    server = postgres.Server(postgres.data_dir())
    server.start()
    os.environ["DATABASE_URL"] = server.admin_url
    try:
        figures = list(_measure(share))
    finally:
        server.stop()
        shutil.rmtree(os.environ["SHOPIQ_DATA"], ignore_errors=True)
    print(render(figures))
    return int(any(figure.passes is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--share", type=float, default=0.1, help="of the full size (0.1)")
    return parser.parse_args()


def _require_disk(share: float) -> None:
    needed = share * (LINES * _BYTES_PER_LINE + OPERATIONS * _BYTES_PER_OPERATION)
    postgres.data_dir().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(postgres.data_dir()).free
    if free < needed * 1.5:
        raise SystemExit(f"{needed * 1.5 / 1e9:,.0f} GB have to be free, {free / 1e9:,.0f} are.")


def _measure(share: float) -> Iterator[Figure]:
    import django

    django.setup()
    from benchmarks.growing import databases, purge_months

    sizes = (int(LINES * _SMALL), int(OPERATIONS * _SMALL))
    with databases(share / _SMALL, *sizes) as (choose, subject):
        for name, call in subject.calls().items():
            yield _figure(name, share, _time(call, choose))
        months = {size: purge_months(choose, size) for size in ("small", "large")}
        yield _figure("lock of retention for a month", share, Timings(months))
    print(f"{LINES * share:,.0f} lines, {OPERATIONS * share:,.0f} operations")


def _time(call: Call, choose: Callable[[str], Any]) -> Timings:
    """Return microseconds of the database's CPU per call."""
    from django.db import connection

    choose("small")
    connection.ensure_connection()

    def at(size: str) -> Call:
        def repeat() -> None:
            choose(size)
            for _ in range(_CALLS):
                call()

        return repeat

    clock = database_clock(connection.connection.info.backend_pid)
    started = time.monotonic()
    timings = time_calls(
        {size: at(size) for size in ("small", "large")}, rounds=_ROUNDS, calls=1, clock=clock
    )
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    return Timings({size: [x / _CALLS for x in found] for size, found in timings.rounds.items()})


def _figure(name: str, share: float, timings: Timings, target: str = "<= 1.3") -> Figure:
    large, small = timings.median("large"), timings.median("small")
    ratio = timings.ratio("large", "small")
    return Figure(
        f"{name}: {share / _SMALL:,.0f}-fold ÷ small",
        ratio,
        target,
        f"{large:,.0f} and {small:,.0f} µs",
    )


if __name__ == "__main__":
    exit_with(main)
