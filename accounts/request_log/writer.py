"""Write the request log in batches from a separate thread, so that it does not delay calls.

Refused calls are only counted, see `accounts.request_log.refused_calls`.

A line waits in memory for a second at most; if the process is killed, only those lines are lost.
"""

from __future__ import annotations

import atexit
import queue
import re
import threading
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse

from accounts.request_log.activity import ActivityNotes
from accounts.request_log.lines import LogLine
from accounts.request_log.refused_calls import RefusedCallCounter
from accounts.request_log.rows import write_lines
from config.api.middleware import CallMiddleware
from config.db.owned import PLATFORM_ID
from config.logging import redact
from config.metrics import dropped_log_lines

log = structlog.get_logger(__name__)

_FLUSH_SECONDS = 1.0
_BATCH = 500
#: When this many lines wait, new ones are dropped: memory matters more than the log.
_MAX_WAITING = 50_000
#: Raised while the database restarts or cannot be reached.
_DATABASE_ERRORS = (OperationalError, InterfaceError)
_MESSAGE_LENGTH = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class RequestLogWriter:
    """One per process; `add` neither blocks nor fails."""

    def __init__(self) -> None:
        self._lines: queue.Queue[LogLine] = queue.Queue(_MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._refused = RefusedCallCounter()
        self._activity = ActivityNotes()
        self._flushing = threading.Lock()

    @property
    def waiting(self) -> int:
        return self._lines.qsize()

    def add(self, line: LogLine) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            dropped_log_lines.inc()
            return
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def flush(self) -> int:
        """Write all waiting lines and return their number.

        Also wait for those that another thread is writing, so that none are missing afterwards.
        """
        written = 0
        with self._flushing:
            while batch := list(islice(iter(self._take, None), _BATCH)):
                self._write_or_keep(batch)
                written += len(batch)
        return written

    def _write_or_keep(self, batch: list[LogLine]) -> None:
        try:
            self._write(batch)
        except _DATABASE_ERRORS:
            # The database is unavailable: keep the lines for the next attempt.
            for line in batch:
                self.add(line)
            self._activity = ActivityNotes()
            raise
        except Exception:
            dropped_log_lines.inc(len(batch))
            raise

    def _write(self, batch: list[LogLine]) -> None:
        rows: list[LogLine] = []
        counted: list[LogLine] = []
        for line in batch:
            (rows if self._refused.gets_row(line) else counted).append(line)
        write_lines(rows, counted, self._refused.count(counted), self._activity.take(batch))

    def _take(self) -> LogLine | None:
        try:
            return self._lines.get_nowait()
        except queue.Empty:
            return None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="request-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(_FLUSH_SECONDS):
            self._flush_safely()

    def _flush_safely(self) -> None:
        try:
            self.flush()
        except _DATABASE_ERRORS as error:
            log.warning("request log waiting for database", error=str(error).strip())
        except Exception:
            log.exception("request log lines lost")
        finally:
            connections.close_all()


writer = RequestLogWriter()


def connect() -> None:
    """Log every API response from now on."""
    CallMiddleware.listeners[:] = [_log_response]
    atexit.register(writer._flush_safely)  # noqa: SLF001 - a thread of the writer itself


def _log_response(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    admission: Any = getattr(request, "admission", None)
    address = getattr(request, "client_address", None)
    writer.add(
        LogLine(
            at=datetime.now(UTC),
            partner_id=(admission.company_id if admission else None) or PLATFORM_ID,
            key_id=admission.key_id if admission else None,
            request_id=getattr(request, "request_id", ""),
            method=(request.method or "")[:10],
            path=_printable(request.path_info)[:200],
            status=response.status_code,
            code=getattr(request, "error_code", ""),
            milliseconds=round(milliseconds),
            address=None if address is None else str(address),
            message=_printable(getattr(request, "error_message", ""))[:_MESSAGE_LENGTH],
            target=response.headers.get("X-Operation-Id", getattr(response, "target", "")),
            client_request_id=getattr(request, "client_request_id", ""),
        )
    )


def _printable(text: str) -> str:
    """Remove secrets, and the control characters and surrogates that the database rejects."""
    return redact(_CONTROL.sub("\ufffd", text)).encode("utf-8", "replace").decode()
