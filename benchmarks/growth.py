"""What a call, a page and retention cost as the tables grow.

`python -m benchmarks.growth --share 0.1`: two databases on a PostgreSQL of their own, one with
100,000 rows of the request log and 20,000 operations, the other with a share of 100 million and 20
million, which are generated inside the database. Both are measured in turns: CPU time of the
database for calls and pages, time for which retention locks the log. A share of 1 takes 85 GB and
some hours. Exit code 1 means that a figure misses its target.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator

from benchmarks.figures import Figure, render
from benchmarks.kill_harness import exit_with
from benchmarks.own_database import own_database
from benchmarks.timing import Timings
from config.local import postgres

LINES, OPERATIONS = 100_000_000, 20_000_000
_SMALL = 0.001
#: Measured, with indexes and what building them needs.
_BYTES_PER_LINE, _BYTES_PER_OPERATION = 500, 1_800
_ROUNDS = 16


def main() -> int:
    share = _options().share
    _require_disk(share)
    with own_database("growth"):
        figures = list(_measure(share))
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
    from benchmarks.growing import databases, purge_months, time_in_turns

    sizes = (int(LINES * _SMALL), int(OPERATIONS * _SMALL))
    with databases(share / _SMALL, *sizes) as (choose, subject):
        for name, call in subject.calls().items():
            timings = time_in_turns({"small": call, "large": call}, choose, rounds=_ROUNDS)
            yield _figure(name, share, timings)
        months = {size: purge_months(choose, size) for size in ("small", "large")}
        yield _figure("lock of retention for a month", share, Timings(months))
    print(f"{LINES * share:,.0f} lines, {OPERATIONS * share:,.0f} operations")


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
