"""The request log is written in batches, beside the calls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, RequestLog
from accounts.request_log.rows import write_lines
from accounts.request_log.writer import RequestLogWriter
from tests.accounts.request_logs import line
from tests.factories import Keys
from tests.waiting import wait_for


def test_the_last_use_of_a_key_never_moves_back(keys: Keys) -> None:
    key = keys.key("live")
    now = datetime.now(UTC)

    write_lines([line(now - timedelta(1), key.id), line(now, key.id), line(now)])
    write_lines([line(now - timedelta(hours=1), key.id)])

    assert ApiKey.objects.get(pk=key.pk).last_used_at == now
    assert keys.key("test").last_used_at is None


def test_lines_are_written_in_batches(live_db: None) -> None:
    own = RequestLogWriter()
    own._thread = _Running()  # type: ignore[assignment]
    for _ in range(1200):
        own.add(line(datetime.now(UTC)))

    with CaptureQueriesContext(connection) as queries:
        assert own.flush() == 1200

    assert [query["sql"].split()[0] for query in queries].count("COPY") == 3
    assert RequestLog.objects.count() == 1200


def test_a_flush_waits_for_lines_that_another_thread_is_writing(live_db: None) -> None:
    own = RequestLogWriter()
    own._thread = _Running()  # type: ignore[assignment]
    own.add(line(datetime.now(UTC)))

    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            connection.cursor().execute("LOCK TABLE accounts_requestlog IN SHARE MODE")
            writing = threads.submit(_flush, own)
            wait_for(own._lines.empty)
            waiting = threads.submit(_flush, own)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.1)
        assert (writing.result(), waiting.result()) == (1, 0)


def _flush(own: RequestLogWriter) -> int:
    try:
        return own.flush()
    finally:
        connection.close()


class _Running:
    """Stands where the writer's thread would be, so that the test alone decides when to write."""

    def is_alive(self) -> bool:
        return True


def test_lines_wait_while_the_database_is_unavailable(
    live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = RequestLogWriter()
    monkeypatch.setattr(own, "_start", lambda: None)
    own.add(line(datetime.now(UTC), None))
    with monkeypatch.context() as away:
        away.setattr(
            "accounts.request_log.rows._COPY", "SELECT pg_terminate_backend(pg_backend_pid())"
        )
        own._flush_safely()

    assert own.flush() == 1
