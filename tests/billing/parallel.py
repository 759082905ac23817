"""Many at once, from one starting shot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

Result = TypeVar("Result")


def race(*tasks: Callable[[], Result], connect: bool = True) -> list[Result | BaseException]:
    """Runs each task in a thread, all at the same moment; answers what each returned or raised.

    With `connect` each thread has opened a database connection of its own before.
    """
    line = threading.Barrier(len(tasks))

    def run(task: Callable[[], Result]) -> Result | BaseException:
        try:
            if connect:
                connection.ensure_connection()
            line.wait()
            return task()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def only(kind: type[BaseException], results: Sequence[object]) -> list[object]:
    """The results, of which those that are errors must all be of this kind."""
    strange = [x for x in results if isinstance(x, BaseException) and not isinstance(x, kind)]
    assert not strange, strange
    return [x for x in results if not isinstance(x, BaseException)]


def count_deadlocks() -> int:
    """Deadlocks that PostgreSQL has broken in this database since its statistics began."""
    with connection.cursor() as cursor:
        # Sessions report their counts at most once a second; this one's own view is not cached.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
