"""Work that a web process goes on with after its response."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.conf import settings
from django.db import connections

log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 1.0


class NoThreadFree(Exception):
    """So many pieces of work are under way that another one would have to wait."""


class ReservedThread:
    """A place for one piece of work; it is either started or released."""

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool

    def start(self, work: Callable[[], object]) -> None:
        context = contextvars.copy_context()
        self._pool.threads.submit(self._run, context, work)

    def release(self) -> None:
        self._pool.free.release()

    def _run(self, context: contextvars.Context, work: Callable[[], object]) -> None:
        try:
            context.run(work)
        except Exception:
            log.exception("background work failed")
        finally:
            connections.close_all()
            self.release()


class _Pool:
    """Made at first use, since threads do not survive a fork."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.free = threading.Semaphore(size)
        self.threads = ThreadPoolExecutor(size, thread_name_prefix="background")

    def reserve(self) -> ReservedThread:
        if not self.free.acquire(blocking=False):
            raise NoThreadFree
        return ReservedThread(self)

    def is_idle(self) -> bool:
        """Return whether every place is free."""
        taken = 0
        while taken < self.size and self.free.acquire(blocking=False):
            taken += 1
        if taken:
            self.free.release(taken)
        return taken == self.size


_pool: _Pool | None = None
_lock = threading.Lock()


def reserve_thread() -> ReservedThread:
    """Return a free place; raise `NoThreadFree`."""
    global _pool  # noqa: PLW0603 - one for the process
    with _lock:
        if _pool is None:
            _pool = _Pool(settings.WEB_BACKGROUND_THREADS)
    return _pool.reserve()


def wait_until_idle(while_waiting: Callable[[], object]) -> None:
    """Let all work end before the process does, calling `while_waiting` every second."""
    while _pool is not None and not _pool.is_idle():
        while_waiting()
        time.sleep(_PAUSE_SECONDS)
