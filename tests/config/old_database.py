"""A database as an earlier release made it, and what goes on while it is migrated."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.db.functions import install_functions
from tests.database import _use as use_database


@contextmanager
def migrated_until(last: Mapping[str, str]) -> Iterator[None]:
    """Use a database of its own, in which these apps have their migrations up to those named."""
    usual = connection.settings_dict["NAME"]
    name = f"{usual}_old"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    use_database(name)
    try:
        executor = MigrationExecutor(connection)
        leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in last]
        executor.migrate([*leaves, *last.items()])
        install_functions()
        yield
    finally:
        connections.close_all()
        use_database(usual)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Traffic(threading.Thread):
    """Acts again and again, with the number of times that it has, until it is stopped."""

    def __init__(self, act: Callable[[int], object]) -> None:
        super().__init__()
        self._act, self._stopped, self.done = act, threading.Event(), 0
        self.errors: list[BaseException] = []

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._act(self.done)
                self.done += 1
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()

    def wait_for(self, number: int) -> None:
        """Wait until it has acted so many times more, or has failed."""
        target = self.done + number
        while self.done < target and self.is_alive():
            self._stopped.wait(0.02)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
