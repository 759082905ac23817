"""Whitelists of keys, and the recent callers that a change would lock out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import AllowedNetwork, ApiKey
from accounts.networks import parse_entries
from accounts.services.audit import record_audit
from accounts.services.key_rules import MAX_NETWORKS, KeyRuleError, TooManyNetworks
from accounts.services.keys import lock_active_key
from config.db.logs import log_connection

#: The period in which recent callers are searched, and the maximum number returned.
RECENT_PERIOD = timedelta(days=7)
MAX_RECENT_CALLERS = 10_000

# Includes the key that was rolled into this one: its callers are about to switch.
_CALLERS_OUTSIDE = """
    SELECT host(address), count(*), max(at) FROM accounts_requestlog
    WHERE partner_id = %s AND at >= %s AND status < 400 AND address IS NOT NULL
      AND key_id = ANY (%s)
      AND NOT address <<= ANY (%s::inet[])
    GROUP BY address ORDER BY max(at) DESC LIMIT %s
"""


class LastWhitelistEntry(KeyRuleError):
    """Removing the last entry, which opens the key to every address, was not confirmed."""

    text = gettext_lazy("This is the last entry. Without it, the key works from any IP address.")


@dataclass(frozen=True, slots=True)
class RecentCaller:
    """An address with successful calls by a key; the last one was at `last_at`."""

    address: str
    calls: int
    last_at: datetime


def allow_networks(*, key: ApiKey, lines: Iterable[str], actor: str) -> list[AllowedNetwork]:
    """Add lines, as read by `networks.parse_entry`, and return the new entries.

    The first entry closes the key to all other addresses. Raises `KeyInactive`, `TooManyNetworks`,
    `networks.InvalidNetwork`.
    """
    entries = parse_entries(lines)
    with transaction.atomic():
        key = lock_active_key(key)
        known = {entry.network for entry in key.allowed_networks.all()}
        new = [
            AllowedNetwork(
                partner_id=key.partner_id, key=key, network=str(entry.network), note=entry.note
            )
            for entry in entries
            if str(entry.network) not in known
        ]
        if len(known) + len(new) > MAX_NETWORKS:
            raise TooManyNetworks
        if new:
            AllowedNetwork.objects.bulk_create(new)
            _record(key, actor, "whitelist.added", new)
    return new


def remove_network(*, entry: AllowedNetwork, actor: str, allow_empty: bool) -> None:
    """Remove an entry; without entries, the key works from any address.

    Repeating it changes nothing. Raises `KeyInactive`, and `LastWhitelistEntry` unless
    `allow_empty`: of two concurrent requests to remove the last two entries, neither had announced
    that the key opens.
    """
    with transaction.atomic():
        key = lock_active_key(entry.key)
        entries = AllowedNetwork.objects.of(key.partner_id)
        deleted, _ = entries.filter(pk=entry.pk, key=key).delete()
        if deleted and not allow_empty and not key.allowed_networks.exists():
            raise LastWhitelistEntry
        if deleted:
            _record(key, actor, "whitelist.removed", [entry])


def find_locked_out_callers(*, key: ApiKey, networks: Iterable[str]) -> list[RecentCaller]:
    """Return recent callers that a whitelist of `networks` would reject, latest first.

    An empty whitelist allows every address.
    """
    networks = list(networks)
    if not networks:
        return []
    since = timezone.now() - RECENT_PERIOD
    rolled = ApiKey.objects.of(key.partner_id).filter(rate_subject=key.rate_subject)
    keys = list(rolled.values_list("pk", flat=True))
    parameters = (key.partner_id, since, keys, networks, MAX_RECENT_CALLERS)
    with log_connection().cursor() as cursor:
        cursor.execute(_CALLERS_OUTSIDE, parameters)
        return [RecentCaller(*row) for row in cursor.fetchall()]


def _record(key: ApiKey, actor: str, action: str, entries: list[AllowedNetwork]) -> None:
    record_audit(
        partner=key.partner,
        actor=actor,
        action=action,
        target=key.id,
        key=key.masked,
        name=key.name,
        networks=[{"network": str(entry.network), "note": entry.note} for entry in entries],
        size=key.allowed_networks.count(),
    )
