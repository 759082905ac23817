"""Reads from a standby, for what may be some seconds old: exports, charts, lists of staff.

Only what runs inside `reading_from_replica` goes there, and only while the standby has caught up
with what the primary had written some seconds ago. Otherwise, the primary answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

log = structlog.get_logger(__name__)

REPLICA = "replica"
#: After which a standby is asked again that did not answer: who asks may wait for seconds.
_SILENT_SECONDS = 30.0
_wanted: ContextVar[bool] = ContextVar("replica", default=False)


class ReplicaRouter:
    """Django's router; there is one only if `DATABASE_REPLICA_URL` is set."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return REPLICA if _wanted.get() and _state.is_usable() else None

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


@contextmanager
def reading_from_replica() -> Iterator[None]:
    """Let queries of the ORM in this block read from the standby."""
    if not settings.DATABASE_REPLICA_URL:
        yield
        return
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)
        connections[REPLICA].close_if_unusable_or_obsolete()


class _State:
    """Compares positions in the log, since clocks of two machines may differ.

    Each check notes how far the primary is. The standby is usable if, by the next check, it has
    replayed that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_check = 0.0
        self._noted: str | None = None
        self._is_usable = False

    def is_usable(self) -> bool:
        """Return what is known; one thread at a time finds out, and no other waits for it."""
        if time.monotonic() >= self._next_check and self._lock.acquire(blocking=False):
            try:
                self._check()
            finally:
                self._lock.release()
        return self._is_usable

    def _check(self) -> None:
        was_usable, noted = self._is_usable, self._noted
        self._noted = _ask(DEFAULT_DB_ALIAS, "SELECT pg_current_wal_lsn()::text")
        # The first check has nothing to compare with but the present.
        replayed = _has_replayed(noted or self._noted)
        self._is_usable = bool(replayed)
        pause = _SILENT_SECONDS if replayed is None else settings.REPLICA_LAG_SECONDS
        self._next_check = time.monotonic() + pause
        if was_usable != self._is_usable:
            log.info("replica" if self._is_usable else "replica lags, reading from the primary")


def _has_replayed(position: str | None) -> bool | None:
    """Return None if the standby does not answer."""
    if position is None:
        return False
    statement = "SELECT (pg_last_wal_replay_lsn() >= %s::pg_lsn)::text"
    try:
        return _ask(REPLICA, statement, position) == "true"
    except Error as error:
        connections[REPLICA].close()
        log.warning("replica unavailable", error=str(error).strip())
        return None


def _ask(alias: str, statement: str, *parameters: str) -> str | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, parameters)
        [value] = cursor.fetchone()
    return None if value is None else str(value)


_state = _State()
