"""Extends the hash chains every minute."""

from __future__ import annotations

from config.chain.writing import extend_chains
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic


@background_task
def extend() -> None:
    extend_chains()


@periodic(seconds=60)
def enqueue_extension() -> None:
    enqueue_unless_full(extend)
