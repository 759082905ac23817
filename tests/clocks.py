"""The clocks of this process and of its database connection, moved together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.utils import timezone

_FUNCTIONS = ("now", "clock_timestamp", "statement_timestamp")


class Clocks:
    """Both run on from where they were moved to last."""

    def __init__(self, traveller: time_machine.Traveller, real: float) -> None:
        self._traveller = traveller
        self._offset = timezone.now() - datetime.fromtimestamp(
            real, timezone.get_default_timezone()
        )

    def move_to(self, at: datetime) -> None:
        self._offset += at - timezone.now()
        self._traveller.move_to(at)
        self._move_database()

    def move_by(self, step: timedelta) -> None:
        self.move_to(timezone.now() + step)

    def _move_database(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('moved.by', %s, false)",
                [f"{self._offset.total_seconds()} seconds"],
            )


@contextmanager
def moved_clocks(at: datetime) -> Iterator[Clocks]:
    """Move both clocks to `at`; only in tests whose connection is their own.

    Functions of a schema that is searched before PostgreSQL's own add the difference.
    """
    real = time.time()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS moved")
        for name in _FUNCTIONS:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION moved.{name}() RETURNS timestamptz LANGUAGE sql"
                " AS $$ SELECT pg_catalog.clock_timestamp()"
                " + current_setting('moved.by')::interval $$"
            )
        cursor.execute("SET search_path = public, moved, pg_catalog")
    try:
        with time_machine.travel(at) as traveller:
            clocks = Clocks(traveller, real)
            clocks.move_to(at)
            yield clocks
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path; RESET moved.by")
