"""The queue, the worker and backups, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.cache import cache
from django_q.tasks import queue_size

from config.backups.creation import LAST_BACKUP, LAST_VERIFICATION
from config.db.clock import database_now
from config.db.partitions import partitioned_tables
from config.jobs.heartbeat import HEARTBEAT
from config.jobs.partitions import days_ahead
from config.metrics import Sample, collector


@collector
def worker() -> Iterator[Sample]:
    yield Sample("queue_size", "Messages that wait for the worker.", queue_size())
    beat = cache.get(HEARTBEAT)
    age = None if beat is None else database_now().timestamp() - beat
    yield Sample("worker_heartbeat_age_seconds", "Age of the worker's last sign of life.", age)


@collector
def backups() -> Iterator[Sample]:
    now = database_now().timestamp()
    for key, name in ((LAST_BACKUP, "backup"), (LAST_VERIFICATION, "backup_verification")):
        made = cache.get(key)
        age = None if made is None else now - made
        yield Sample(f"{name}_age_seconds", f"Age of the last {name.replace('_', ' ')}.", age)


@collector
def partitions() -> Iterator[Sample]:
    for table in partitioned_tables():
        yield Sample(
            "partition_days_ahead",
            "Days for which a table has partitions.",
            days_ahead(table),
            {"table": table.name},
        )
