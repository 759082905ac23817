"""A database as an earlier release made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
