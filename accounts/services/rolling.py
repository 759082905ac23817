"""Rolling a key into a new one, so that a server can switch without a rejected call."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.keys import GeneratedKey, generate_key
from accounts.models import AllowedNetwork, ApiKey
from accounts.services.audit import record_audit
from accounts.services.key_rules import AlreadyRolled
from accounts.services.keys import IssuedKey, lock_active_key


def roll_key(*, key: ApiKey, overlap: timedelta, actor: str) -> IssuedKey:
    """Create a key with the settings, whitelist, rate counters and spending of `key`.

    `key` expires after `overlap`, immediately if that is zero. Both count as one under the limit of
    keys. Raises `KeyInactive`, `AlreadyRolled`.
    """
    generated = generate_key(key.environment)
    with transaction.atomic():
        old = lock_active_key(key)
        if old.was_rolled:
            raise AlreadyRolled
        new = _create_successor(old, generated)
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
    return IssuedKey(new, generated.secret)


def _create_successor(old: ApiKey, generated: GeneratedKey) -> ApiKey:
    new = ApiKey.objects.create(
        partner=old.partner,
        environment=old.environment,
        name=old.name,
        secret_hash=generated.secret_hash,
        last_four=generated.last_four,
        permissions=old.permissions,
        requests_per_minute=old.requests_per_minute,
        requests_per_day=old.requests_per_day,
        points_per_day=old.points_per_day,
        points_per_month=old.points_per_month,
        rate_subject=old.rate_subject,
        replaces=old,
        expires_at=old.expires_at,
    )
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(partner_id=new.partner_id, key=new, network=entry.network, note=entry.note)
        for entry in old.allowed_networks.order_by("created_at", "pk")
    )
    return new


def _end(old: ApiKey, overlap: timedelta) -> None:
    """Expire the old key, but never later than it would have expired anyway."""
    now = timezone.now()
    if overlap:
        old.expires_at = min(now + overlap, old.expires_at or now + overlap)
        old.save(update_fields=["expires_at"])
    else:
        active = ApiKey.objects.of(old.partner_id).filter(pk=old.pk, revoked_at=None)
        active.update(revoked_at=now)
