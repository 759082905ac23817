"""Who called with a key, and what went wrong, from the newest lines of the request log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.callers import CallerNetwork, group_callers
from accounts.models import ApiKey
from accounts.services.whitelists import RecentCaller
from config.api.error_codes import ErrorCode, find_error_code
from config.db.logs import log_connection

_LOOK_BACK = timedelta(days=30)
#: Lines of the whole company that are read, however many there are.
_MOST_LINES = 10_000
_MOST_ADDRESSES = 1_000
_MOST_ROWS = 8

_NEWEST = """
    WITH newest AS MATERIALIZED (
        SELECT key_id, at, address, status, code FROM accounts_requestlog
        WHERE partner_id = %s AND at >= %s {condition} ORDER BY at DESC LIMIT %s
    )
    SELECT {columns}, count(*), max(at), (SELECT count(*) FROM newest), (SELECT min(at) FROM newest)
    FROM newest WHERE key_id = %s {more} GROUP BY {groups} ORDER BY {order} LIMIT %s
"""
_ADDRESSES = _NEWEST.format(
    condition="",
    columns="host(address)",
    more="AND address IS NOT NULL",
    groups="address",
    order="max(at) DESC",
)
_ERRORS = _NEWEST.format(
    condition="AND status >= 400",
    columns="status, code",
    more="",
    groups="status, code",
    order="count(*) DESC, code",
)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    status: int
    code: str
    calls: int
    last_at: datetime

    @property
    def explanation(self) -> ErrorCode | None:
        return find_error_code(self.code)


@dataclass(frozen=True, slots=True)
class Recent:
    """The networks that called with a key, and its kinds of error.

    `more` is the number of networks that are not among `networks`. `since` is the beginning of what
    was read, None for all of the last 30 days.
    """

    networks: Sequence[CallerNetwork]
    more: int
    networks_since: datetime | None
    errors: Sequence[ErrorKind]
    errors_since: datetime | None


def read_recent_requests(key: ApiKey) -> Recent:
    callers, networks_since = _read(_ADDRESSES, key, _MOST_ADDRESSES)
    groups = group_callers(RecentCaller(*row) for row in callers)
    errors, errors_since = _read(_ERRORS, key, _MOST_ROWS)
    return Recent(
        networks=groups[:_MOST_ROWS],
        more=len(groups[_MOST_ROWS:]),
        networks_since=networks_since,
        errors=[ErrorKind(*row) for row in errors],
        errors_since=errors_since,
    )


def _read(statement: str, key: ApiKey, most: int) -> tuple[list[Any], datetime | None]:
    """Return the rows, and since when there are lines if not all were read."""
    parameters = (key.partner_id, timezone.now() - _LOOK_BACK, _MOST_LINES, key.pk, most)
    with log_connection().cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    if not found:
        return [], None
    *_, lines, since = found[0]
    return [row[:-2] for row in found], since if lines == _MOST_LINES else None
