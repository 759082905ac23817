"""Makes partitions in advance, notices when there are none, and analyzes whole tables."""

from __future__ import annotations

from django.db import Error, connections

from config.db.clock import database_now
from config.db.partitions import (
    PartitionedTable,
    add_partitions,
    analyze_whole,
    covered_until,
    partitioned_tables,
    read_partitions,
)
from config.health import Check, status_probe
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic

#: They are made months ahead; with fewer days left, the job has failed for long.
_LEAST_DAYS = 14
_SECONDS_OF_DAY = 86_400


@background_task
def add_coming_partitions() -> None:
    for table in partitioned_tables():
        add_partitions(table)


@periodic(seconds=3600)
def enqueue_partitions() -> None:
    enqueue_unless_full(add_coming_partitions)


@background_task
def analyze_partitioned() -> None:
    for table in partitioned_tables():
        analyze_whole(table)


@periodic(seconds=_SECONDS_OF_DAY)
def enqueue_analysis() -> None:
    enqueue_unless_full(analyze_partitioned)


def days_ahead(table: PartitionedTable) -> float:
    """Return for how many days from now rows have a partition of their own."""
    until = covered_until(read_partitions(table))
    return round((until - database_now()).total_seconds() / _SECONDS_OF_DAY, 1)


@status_probe("partitions")
def check_partitions() -> Check:
    """Without a partition of its own, a row goes to the default one, so nothing is lost yet."""
    days = []
    for table in partitioned_tables():
        try:
            days.append(days_ahead(table))
        except Error:
            # A database of the log alone; the probe of ours has told if it is another.
            connections[table.alias()].close()
            return Check(False, f"{table.name}: unreachable")
    fewest = min(days)
    return Check(fewest >= _LEAST_DAYS, fewest)
