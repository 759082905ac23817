"""What partitions cost a call, a page and a webhook event.

`python -m benchmarks.partitions`: three databases on a PostgreSQL of their own, with the same rows
of seven years: in whole tables; as in the first year, where all rows are in the first partition;
and as in the eighth. Events of webhooks are in months likewise. They are measured in turns: CPU
time of the database. Exit code 1 means that a figure misses its target.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from benchmarks.figures import Figure, render
from benchmarks.kill_harness import exit_with
from benchmarks.own_database import own_database

#: What waits for a call does not become slower; what people wait for may.
_TARGETS = {"gate": "<= 1.1", "gate and charge": "<= 1.2"}


def main() -> int:
    options = _options()
    with own_database("partitions"):
        figures = list(_measure(options))
    print(render(figures))
    return int(any(figure.passes is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.partitions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--operations", type=int, default=200_000, help="200000")
    parser.add_argument("--events", type=int, default=50_000, help="of webhooks (50000)")
    parser.add_argument("--rounds", type=int, default=24, help="24")
    parser.add_argument("--only", default="", help="what has these words in its name")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> Iterator[Figure]:
    import django

    django.setup()
    from benchmarks.growing import time_in_turns
    from benchmarks.layouts import FIRST, LATER, WHOLE, count_partitions, databases

    with databases(options.operations, options.events) as (choose, callers):
        calls = {}
        for layout, caller in callers.items():
            choose(layout)
            print(f"{layout}: {count_partitions()} partitions of books and of events")
            calls[layout] = caller.calls()
        for name in [each for each in calls[WHOLE] if options.only in each]:
            of_layouts = {layout: found[name] for layout, found in calls.items()}
            timings = time_in_turns(of_layouts, choose, rounds=options.rounds)
            for layout in (FIRST, LATER):
                yield Figure(
                    f"{name}: {layout} ÷ whole",
                    timings.ratio(layout, WHOLE),
                    _TARGETS.get(name, ""),
                    f"{timings.median(layout):,.0f} and {timings.median(WHOLE):,.0f} µs",
                )


if __name__ == "__main__":
    exit_with(main)
