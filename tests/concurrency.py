"""Running functions in threads that start together, or while a transaction is open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, connections, transaction
from django.db.models import QuerySet

Result = TypeVar("Result")


def run_concurrently(count: int, work: Callable[[int], Result]) -> list[Result]:
    """Run `work(number)` in `count` threads that wait for each other before they start."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Result:
        try:
            barrier.wait()
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def is_awaited() -> bool:
    """Return whether another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def waits_for(hold: Callable[[], object], change: Callable[[], object]) -> bool:
    """Return whether `change` waits for the end of a transaction in which `hold` has run."""
    with _beside_open(hold, change) as result:
        waited = not result.done()
    result.result()
    return waited


def waits_to_read(
    rows: QuerySet[Any],
    change: Callable[[], object],
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> bool:
    """Return whether `change` reads `rows` only after the transaction that holds them.

    It waits with a SELECT then, while `meanwhile` runs. Without a lock it would have read them, and
    wait to write them.
    """

    def hold() -> None:
        assert list(rows.select_for_update(no_key=True))

    with _beside_open(hold, change) as result:
        statement = "" if result.done() else _waiting_statement()
        meanwhile()
    result.result()
    return statement.startswith("SELECT")


@contextmanager
def _beside_open(
    hold: Callable[[], object], change: Callable[[], object]
) -> Iterator[Future[object]]:
    """Run `hold` in a transaction that ends with the block, and start `change` in a thread.

    The block begins when `change` is done or waits for the transaction; after it, `change` is done.
    """

    def run() -> object:
        try:
            return change()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        hold()
        result = thread.submit(run)
        while not (result.done() or is_awaited()):
            time.sleep(0.02)
        yield result


def _waiting_statement() -> str:
    """Return the statement that waits for a lock of this connection; "" if none does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or the transaction keeps its first look
        cursor.execute(
            "SELECT query FROM pg_stat_activity"
            " WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def run_beside(work: Callable[[], Result]) -> Result:
    """Run `work` on another connection, as a second process would; it may not wait for this one."""

    def run() -> Result:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def overlap(first: Callable[[], object], second: Callable[[], object]) -> type[Exception] | None:
    """Return what `second` raises if it starts while `first` is done but not committed."""
    with _beside_open(first, second) as result:
        pass
    try:
        result.result()
    except Exception as error:
        return type(error)
    return None
