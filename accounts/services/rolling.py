"""Rolling a key into a new one, so that a server can change over without a refused call."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.keys import FreshKey, make_key
from accounts.models import AllowedNetwork, ApiKey
from accounts.services.audit import record_audit
from accounts.services.keys import AlreadyRolled, IssuedKey, lock_active_key

#: For how long the old key may go on beside the new one.
OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(days=7))


def roll_key(*, key: ApiKey, overlap: timedelta, actor: str) -> IssuedKey:
    """A new key with the settings, whitelist and rate counters of `key`, which ends after `overlap`
    or at once where that is zero.

    It needs no room under the limit of keys: the two count as one. Raises `KeyEnded`,
    `AlreadyRolled`.
    """
    fresh = make_key(key.environment)
    with transaction.atomic():
        old = lock_active_key(key)
        if old.was_rolled:
            raise AlreadyRolled
        new = _create_successor(old, fresh)
        _end(old, overlap)
        record_audit(
            partner=old.partner,
            actor=actor,
            action="key.rolled",
            target=old.id,
            name=old.name,
            key=old.masked,
            into=new.id,
            into_key=new.masked,
            overlap_seconds=int(overlap.total_seconds()),
        )
    return IssuedKey(new, fresh.secret)


def _create_successor(old: ApiKey, fresh: FreshKey) -> ApiKey:
    new = ApiKey.objects.create(
        partner=old.partner,
        environment=old.environment,
        name=old.name,
        secret_hash=fresh.secret_hash,
        last_four=fresh.last_four,
        permissions=old.permissions,
        requests_per_minute=old.requests_per_minute,
        requests_per_day=old.requests_per_day,
        rate_subject=old.rate_subject,
        replaces=old,
        expires_at=old.expires_at,
    )
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(key=new, network=entry.network, note=entry.note)
        for entry in old.allowed_networks.order_by("pk")
    )
    return new


def _end(old: ApiKey, overlap: timedelta) -> None:
    """Never later than the key would have ended by itself."""
    now = timezone.now()
    if overlap:
        old.expires_at = min(now + overlap, old.expires_at or now + overlap)
        old.save(update_fields=["expires_at"])
    else:
        ApiKey.objects.filter(pk=old.pk, revoked_at=None).update(revoked_at=now)
