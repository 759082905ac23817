"""Helpers for tests of the request log and its pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from accounts.request_log.lines import LogLine
from accounts.request_log.rows import write_lines
from tests.factories import Keys

LOGS, ERRORS = "/dashboard/logs/", "/dashboard/logs/errors/"
CREATE = "/partner/v1/image/create"


def add(made: Keys, count: int = 1, *, ago: timedelta = timedelta(minutes=1), **facts: Any) -> None:
    """Calls of the live key, a second apart, the newest `ago`."""
    given = {
        "partner_id": made.partner.pk,
        "key_id": made.key("live").pk,
        "request_id": "request-1",
        "method": "POST",
        "path": CREATE,
        "status": 200,
        "code": "",
        "milliseconds": 12,
        "address": "203.0.113.7",
        **facts,
    }
    newest = datetime.now(UTC) - ago
    write_lines([LogLine(at=newest - timedelta(seconds=n), **given) for n in range(count)])


def shown(developer: Client, query: str = "", path: str = LOGS) -> str:
    response = developer.get(path + query)
    assert response.status_code == 200
    return str(response.content.decode())


def count_rows(page: str) -> int:
    return page.count("<tr") - 1


def line(at: datetime, key_id: str | None = None) -> LogLine:
    return LogLine(at, "1" * 24, key_id, "r" * 32, "GET", "/", 200, "", 1, "::1")
