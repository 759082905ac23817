"""Daily counts of calls per key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from accounts.models import DailyCalls, RequestLog
from accounts.request_log.lines import LogLine
from accounts.request_log.rows import write_lines
from accounts.request_log.writer import RequestLogWriter
from config.db.owned import PLATFORM_ID
from tests.concurrency import run_concurrently
from tests.factories import Keys


def line(
    at: datetime, key_id: str | None = None, partner_id: str = PLATFORM_ID, status: int = 200
) -> LogLine:
    return LogLine(at, partner_id, key_id, "r" * 32, "GET", "/", status, "", 1, "::1")


def test_calls_are_counted_by_key_day_and_outcome(keys: Keys) -> None:
    live, test, partner = keys.key("live").pk, keys.key("test").pk, keys.partner.pk
    before_midnight = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    # 00:30 in India, still the day before by UTC.
    by_offset = datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    next_day = before_midnight + timedelta(seconds=1)
    lines = [
        line(before_midnight, live, partner, 200),
        line(by_offset, live, partner, 399),
        line(before_midnight, live, partner, 400),
        line(before_midnight, live, partner, 500),
        line(next_day, live, partner, 201),
        line(next_day, test, partner, 429),
    ]
    write_lines(lines)
    write_lines(lines[:1])

    rows = DailyCalls.objects.order_by("day", "succeeded")
    assert list(rows.values_list("day__day", "key", "succeeded", "refused", "failed")) == [
        (22, live, 3, 1, 1),
        (23, test, 0, 1, 0),
        (23, live, 1, 0, 0),
    ]


def test_calls_without_a_key_are_not_counted(keys: Keys) -> None:
    now = datetime.now(UTC)
    write_lines([line(now), line(now, None, keys.partner.pk)])

    assert RequestLog.objects.count() == 2
    assert not DailyCalls.objects.exists()


def test_a_failed_batch_counts_nothing_and_is_retried_as_a_whole(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = RequestLogWriter()
    monkeypatch.setattr(own, "_start", lambda: None)
    for _ in range(3):
        own.add(line(datetime.now(UTC), keys.key("live").pk, keys.partner.pk))
    with monkeypatch.context() as away:
        dies = "SELECT pg_terminate_backend(pg_backend_pid())" + ", %s" * 8
        away.setattr("accounts.request_log.rows._COUNT", dies)
        own._flush_safely()
    assert not RequestLog.objects.exists()

    assert own.flush() == 3
    assert DailyCalls.objects.get().succeeded == 3
    assert RequestLog.objects.count() == 3


def test_processes_that_count_the_same_keys_do_not_deadlock(
    keys: Keys,
) -> None:
    now, key, partner = datetime.now(UTC), keys.key("live").pk, keys.partner.pk
    lines = [line(now - timedelta(days=number), key, partner) for number in range(400)]

    run_concurrently(8, lambda number: write_lines(lines[:: 1 if number % 2 else -1]))

    assert {row.succeeded for row in DailyCalls.objects.all()} == {8}
