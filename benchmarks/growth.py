"""What a call, a page and retention cost as the tables grow.

`python -m benchmarks.growth --share 0.1`: two databases on a PostgreSQL of their own, one with
100,000 rows of the request log and 20,000 operations with their charges and ledger entries, the
other with a share of 100 million and 20 million, which are generated inside the database. With
`--of lines` or `--of operations` only these grow, so that both fit on a disk one after the other,
and only what could depend on them is measured. Both databases are measured in turns: CPU time of
the database for calls and pages, time for which retention locks the log. Exit code 1 means that a
figure misses its target.
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

#: Rows of the small database and of a share of 1, and bytes of a row with its indexes.
SMALL = {"lines": 100_000, "operations": 20_000}
FULL = {"lines": 100_000_000, "operations": 20_000_000}
_BYTES = {"lines": 460, "operations": 1_050}
#: For building indexes in two sessions, and WAL.
_SPARE_BYTES = 8e9
_ROUNDS = 16
#: The data are thrown away, and a table that was just emptied needs no WAL.
_SETTINGS = {
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Its time would count as that of whichever is being measured.
    "autovacuum": "off",
}


def main() -> int:
    options = _options()
    large = grown(options.share, options.of)
    _require_disk(large)
    with own_database("growth", **_SETTINGS):
        figures = list(_measure(large))
    print(render(figures))
    return int(any(figure.passes is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--share", type=float, default=0.1, help="of the full size (0.1)")
    parser.add_argument("--of", choices=tuple(FULL), help="what alone grows (both)")
    return parser.parse_args()


def grown(share: float, of: str | None) -> dict[str, int]:
    """Return the rows of the large database: never fewer than those of the small one."""
    return {
        rows: max(small, round(FULL[rows] * share)) if of in {None, rows} else small
        for rows, small in SMALL.items()
    }


def _require_disk(large: dict[str, int]) -> None:
    needed = _SPARE_BYTES + sum(count * _BYTES[rows] for rows, count in large.items())
    postgres.data_dir().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(postgres.data_dir()).free
    if free < needed:
        raise SystemExit(f"{needed / 1e9:,.0f} GB have to be free, {free / 1e9:,.0f} are.")


def _measure(large: dict[str, int]) -> Iterator[Figure]:
    import django

    django.setup()
    from benchmarks.growing import Size, bytes_of, databases, purge_months, time_in_turns

    more = [rows for rows, count in large.items() if count > SMALL[rows]]
    with databases(Size(**SMALL), Size(**large)) as (choose, subject):
        for name, call in subject.calls(more).items():
            timings = time_in_turns({"small": call, "large": call}, choose, rounds=_ROUNDS)
            yield _figure(name, timings)
        for rows in more:
            yield Figure(f"bytes of one of the {rows}", round(bytes_of(rows) / large[rows]))
        if "lines" in more:
            months = {size: purge_months(choose, size) for size in ("small", "large")}
            yield _figure("lock of retention for a month", Timings(months))
    print(" and ".join(f"{large[rows]:,} and {SMALL[rows]:,} {rows}" for rows in FULL))


def _figure(name: str, timings: Timings) -> Figure:
    large, small = timings.median("large"), timings.median("small")
    note = f"{large:,.0f} and {small:,.0f} µs"
    return Figure(f"{name}: large ÷ small", timings.ratio("large", "small"), "<= 1.3", note)


if __name__ == "__main__":
    exit_with(main)
