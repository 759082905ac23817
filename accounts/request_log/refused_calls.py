"""Count refused calls instead of logging each: a flood must not fill the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_address

from django.db.backends.utils import CursorWrapper

from accounts.error_codes import (
    IP_NOT_ALLOWED,
    KEY_EXPIRED,
    PARTNER_INACTIVE,
    PERMISSION_DENIED,
    RATE_LIMITED,
)
from accounts.networks import network_of
from accounts.request_log.lines import LogLine
from config.api.token_buckets import TokenBuckets
from config.db.owned import PLATFORM_ID

_DENIALS = frozenset(
    code.name
    for code in (IP_NOT_ALLOWED, KEY_EXPIRED, PARTNER_INACTIVE, PERMISSION_DENIED, RATE_LIMITED)
)
#: Rows per key and minute; the partner sees these calls one by one.
_ROWS_PER_MINUTE = 60
#: Networks that are counted apart in one minute and process.
_MAX_NETWORKS = 500

_COUNT = """
    INSERT INTO accounts_refusedcalls AS c (id, partner_id, minute, network, status, code, calls)
    SELECT accounts_new_id(), counted.* FROM unnest(
        %s::text[], %s::timestamptz[], %s::text[], %s::int[], %s::text[], %s::int[]) counted
    ON CONFLICT (partner_id, minute, network, status, code) DO UPDATE SET
        calls = c.calls + excluded.calls
"""

#: Partner, minute, network, status, code.
_Kind = tuple[str, datetime, str, int, str]


class RefusedCallCounter:
    """Decides which lines get a row, and counts the others."""

    def __init__(self) -> None:
        self._rows = TokenBuckets(burst=_ROWS_PER_MINUTE, per_minute=_ROWS_PER_MINUTE)
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._networks: set[str] = set()

    def gets_row(self, line: LogLine) -> bool:
        """Return whether a line is worth a row: all but refused calls without a partner, and of the
        denials of a key the first ones of each minute."""
        if line.partner_id == PLATFORM_ID:
            # With a server error, staff need the request's id.
            return line.status >= 500 and self._rows.take("")
        return line.code not in _DENIALS or self._rows.take(line.key_id or line.partner_id)

    def count(self, lines: Iterable[LogLine]) -> list[tuple[str | datetime | int, ...]]:
        """Return rows for `write_counts`, sorted as a lock order."""
        counts = Counter(map(self._kind_of, lines))
        return [(*kind, calls) for kind, calls in sorted(counts.items())]

    def _kind_of(self, line: LogLine) -> _Kind:
        minute = line.at.replace(second=0, microsecond=0)
        network = self._bounded(minute, line.address)
        return line.partner_id, minute, network, line.status, line.code

    def _bounded(self, minute: datetime, address: str | None) -> str:
        """Return the network, "" once the minute has too many: a caller that uses a different one
        each time would still get a row per call."""
        if minute > self._minute:
            self._minute, self._networks = minute, set()
        network = network_of(None if address is None else ip_address(address))
        if network not in self._networks:
            if len(self._networks) >= _MAX_NETWORKS:
                return ""
            self._networks.add(network)
        return network


def write_counts(cursor: CursorWrapper, rows: list[tuple[str | datetime | int, ...]]) -> None:
    """Add the counts of `RefusedCallCounter.count`."""
    if rows:
        cursor.execute(_COUNT, [list(column) for column in zip(*rows, strict=True)])
