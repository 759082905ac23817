"""Note which endpoints a key calls, and from which networks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_network

from django.db.backends.utils import CursorWrapper

from accounts.endpoints import find_endpoint
from accounts.error_codes import IP_NOT_ALLOWED, KEY_EXPIRED, PARTNER_INACTIVE, PERMISSION_DENIED
from accounts.networks import SITE_PREFIXES
from accounts.request_log.lines import LogLine

#: What is no use of a key: those who sent it may not.
_NO_USE = frozenset(
    code.name for code in (IP_NOT_ALLOWED, KEY_EXPIRED, PARTNER_INACTIVE, PERMISSION_DENIED)
)
_PERIOD = timedelta(minutes=10)
#: Networks of a key that a process notes apart in one period.
_MAX_NETWORKS = 100

_NOTE = """
    INSERT INTO accounts_keyactivity AS a
        (id, partner_id, key_id, endpoint, network, first_at, last_at)
    SELECT accounts_new_id(), use.* FROM unnest(
        %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[]
    ) use
    ON CONFLICT (partner_id, key_id, endpoint, network) DO UPDATE SET
        first_at = least(a.first_at, excluded.first_at),
        last_at = greatest(a.last_at, excluded.last_at)
"""

#: Partner, key, endpoint, network.
_Use = tuple[str, str, str, str]
#: The same with the first and the last time.
Row = tuple[str, str, str, str, datetime, datetime]


class ActivityNotes:
    """Decides which uses are worth writing: those that were not in the last ten minutes."""

    def __init__(self) -> None:
        self._noted: dict[_Use, datetime] = {}
        self._networks: dict[str, set[str]] = {}
        self._since: datetime | None = None

    def take(self, lines: Iterable[LogLine]) -> list[Row]:
        """Return rows for `write_activity`, sorted as a lock order."""
        times: dict[_Use, list[datetime]] = {}
        for line in lines:
            if line.key_id and line.code not in _NO_USE:
                self._start_anew(line.at)
                times.setdefault(self._use_of(line, line.key_id), []).append(line.at)
        rows = [(*use, min(at), max(at)) for use, at in sorted(times.items())]
        return [row for row in rows if self._note(row)]

    def _start_anew(self, at: datetime) -> None:
        """Drop what was noted: the memory of a process must not grow with its callers."""
        if self._since is None or at >= self._since + _PERIOD:
            self._noted, self._networks, self._since = {}, {}, at

    def _use_of(self, line: LogLine, key_id: str) -> _Use:
        endpoint = find_endpoint(line.path)
        network = site_of(line.address)
        networks = self._networks.setdefault(key_id, set())
        if network not in networks:
            if len(networks) >= _MAX_NETWORKS:
                network = ""
            networks.add(network)
        return line.partner_id, key_id, endpoint.name if endpoint else "", network

    def _note(self, row: Row) -> bool:
        """Note a use; return whether it is worth writing."""
        *_, first, last = row
        known = self._noted.get(row[:4])
        if known and known <= first and last < known + _PERIOD:
            return False
        self._noted[row[:4]] = last
        return True


@lru_cache(maxsize=4096)
def site_of(address: str | None) -> str:
    """Return the smallest network that is routed alone, "" for None."""
    if address is None:
        return ""
    single = ip_network(address)
    return str(single.supernet(new_prefix=SITE_PREFIXES[single.version]))


def write_activity(cursor: CursorWrapper, rows: list[Row]) -> None:
    if rows:
        cursor.execute(_NOTE, [list(column) for column in zip(*rows, strict=True)])
