"""Whitelists: which networks a key may be used from, and whom a change of them would shut out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AllowedNetwork, ApiKey
from accounts.networks import parse_entries
from accounts.services.audit import record_audit
from accounts.services.keys import MAX_NETWORKS, KeyRefused, TooManyNetworks, lock_active_key

#: How far back callers are looked for, and how many of them are told.
SEEN_WITHIN = timedelta(days=7)
MAX_SIGHTINGS = 20

# A key that was rolled into this one had the same callers, who are about to change over.
_SEEN_OUTSIDE = """
    SELECT host(address), max(at) FROM accounts_requestlog
    WHERE partner_id = %s AND at >= %s AND status < 400 AND address IS NOT NULL
      AND key_id IN (SELECT id FROM accounts_apikey WHERE partner_id = %s AND rate_subject = %s)
      AND NOT address <<= ANY (%s::inet[])
    GROUP BY address ORDER BY max(at) DESC LIMIT %s
"""


class LastNetwork(KeyRefused):
    """Nobody has said yet that the key may be open to every address."""

    text = "This is the last entry. Without it, the key works from any IP address."


@dataclass(frozen=True, slots=True)
class RecentCaller:
    """An address from which calls with a key succeeded, the last one at `last_at`."""

    address: str
    last_at: datetime


def allow_networks(*, key: ApiKey, lines: Iterable[str], actor: str) -> list[AllowedNetwork]:
    """Adds lines of `networks.parse_entry` to a whitelist and returns the entries that are new.

    The first entry closes the key to every other address. Raises `KeyEnded`, `TooManyNetworks`,
    `networks.InvalidNetwork`.
    """
    entries = parse_entries(lines)
    with transaction.atomic():
        key = lock_active_key(key)
        known = {entry.network for entry in key.allowed_networks.all()}
        new = [
            AllowedNetwork(key=key, network=str(entry.network), note=entry.note)
            for entry in entries
            if str(entry.network) not in known
        ]
        if len(known) + len(new) > MAX_NETWORKS:
            raise TooManyNetworks
        if new:
            AllowedNetwork.objects.bulk_create(new)
            _record(key, actor, "whitelist.added", new)
    return new


def remove_network(*, entry: AllowedNetwork, actor: str, may_open: bool) -> None:
    """Takes an entry off its whitelist; without the last one the key may be used from anywhere.

    Removing it again changes nothing. Raises `KeyEnded`, and without `may_open` `LastNetwork`: of
    two who remove the last two entries at once, neither was told that the key opens.
    """
    with transaction.atomic():
        key = lock_active_key(entry.key)
        deleted, _ = AllowedNetwork.objects.filter(pk=entry.pk, key=key).delete()
        if deleted and not may_open and not key.allowed_networks.exists():
            raise LastNetwork
        if deleted:
            _record(key, actor, "whitelist.removed", [entry])


def find_locked_out(*, key: ApiKey, networks: Iterable[str]) -> list[RecentCaller]:
    """Who called with the key lately and could not if its whitelist were `networks`, latest first.

    No network at all means a key that is open to every address.
    """
    networks = list(networks)
    if not networks:
        return []
    since = timezone.now() - SEEN_WITHIN
    parameters = (key.partner_id, since, key.partner_id, key.rate_subject, networks, MAX_SIGHTINGS)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN_OUTSIDE, parameters)
        return [RecentCaller(address, last_at) for address, last_at in cursor.fetchall()]


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
