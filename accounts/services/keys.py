"""Creating, editing and revoking API keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.endpoints import permissions_for
from accounts.keys import generate_key
from accounts.models import AllowedNetwork, ApiKey, Environment, Partner
from accounts.networks import Entry, parse_entries
from accounts.services.audit import record_audit
from accounts.services.key_rules import (
    MAX_ACTIVE_IMAGE_KEYS,
    MAX_ACTIVE_MANAGEMENT_TEST_KEYS,
    MAX_NETWORKS,
    AlreadyCreated,
    AlreadyRolled,
    KeyInactive,
    LiveNotApproved,
    ManagementKeyExists,
    SpendsNothing,
    TooManyKeys,
    TooManyNetworks,
    TooManyTestKeys,
    UnknownEndpoint,
)
from accounts.services.locks import lock_partner
from accounts.services.sandboxes import open_sandbox
from config.db.ids import new_id


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; `secret` is not stored anywhere."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class KeySlots:
    """The number of image keys in use, and its limit."""

    used: int
    limit: int = MAX_ACTIVE_IMAGE_KEYS

    @property
    def is_full(self) -> bool:
        return self.used >= self.limit


def read_key_slots(partner: Partner) -> KeySlots:
    """Count live and test keys together."""
    return KeySlots(partner.api_keys.for_images().count_slots())


def create_key(
    *,
    partner: Partner,
    environment: str,
    actor: str,
    key_id: str | None = None,
    name: str = "Default",
    expires_at: datetime | None = None,
    permissions: Sequence[str] | None = None,
    networks: Iterable[str] = (),
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
    points_per_day: int | None = None,
    points_per_month: int | None = None,
) -> IssuedKey:
    """Create a key.

    `networks` are lines for `networks.parse_entry`. A repeated `key_id` creates no second key.
    Raises `KeyRuleError` (`AlreadyCreated`, `TooManyKeys`, `TooManyNetworks`,
    `TooManyTestKeys`, `ManagementKeyExists`, `LiveNotApproved`, `SpendsNothing`),
    `UnknownEndpoint`, `networks.InvalidNetwork`.
    """
    check_permissions(environment, permissions)
    check_spend_limits(environment, points_per_day, points_per_month)
    entries = parse_entries(networks)
    if len(entries) > MAX_NETWORKS:
        raise TooManyNetworks
    generated = generate_key(environment)
    key = ApiKey(
        id=key_id or new_id(),
        partner=partner,
        environment=environment,
        name=name,
        secret_hash=generated.secret_hash,
        last_four=generated.last_four,
        expires_at=expires_at,
        permissions=None if permissions is None else list(permissions),
        requests_per_minute=requests_per_minute,
        requests_per_day=requests_per_day,
        points_per_day=points_per_day,
        points_per_month=points_per_month,
    )
    with transaction.atomic():
        # The partner's row is the lock, so that concurrent requests cannot exceed the limit.
        partner = lock_partner(partner.pk)
        if ApiKey.objects.of(partner.id).filter(pk=key.pk).exists():
            raise AlreadyCreated
        _check_limits(partner, environment)
        if environment == Environment.MANAGEMENT_TEST:
            open_sandbox(partner=partner)
        _insert_key(key, entries, actor)
    return IssuedKey(key, generated.secret)


def edit_key(
    *,
    key: ApiKey,
    actor: str,
    name: str,
    expires_at: datetime | None,
    permissions: Sequence[str] | None,
    requests_per_minute: int | None,
    requests_per_day: int | None,
    points_per_day: int | None,
    points_per_month: int | None,
) -> ApiKey:
    """Change the settings of an active key, from its next call on.

    Raises `KeyInactive`, `UnknownEndpoint`, `SpendsNothing`, and `AlreadyRolled` for a new expiry
    of a rolled key.
    """
    check_permissions(key.environment, permissions)
    check_spend_limits(key.environment, points_per_day, points_per_month)
    with transaction.atomic():
        key = lock_active_key(key)
        if key.was_rolled and expires_at != key.expires_at:
            raise AlreadyRolled
        before = _settings_of(key)
        key.name = name
        key.expires_at = expires_at
        key.permissions = None if permissions is None else list(permissions)
        key.requests_per_minute = requests_per_minute
        key.requests_per_day = requests_per_day
        key.points_per_day = points_per_day
        key.points_per_month = points_per_month
        after = _settings_of(key)
        changed = [field for field in after if after[field] != before[field]]
        if changed:
            key.save(update_fields=changed)
            record_audit(
                partner=key.partner,
                actor=actor,
                action="key.edited",
                target=key.id,
                key=key.masked,
                before={field: before[field] for field in changed},
                after={field: after[field] for field in changed},
            )
    return key


def revoke_key(*, key: ApiKey, actor: str, reason: str = "") -> bool:
    """Revoke a key immediately; return False if it is revoked already."""
    with transaction.atomic():
        mine = ApiKey.objects.of(key.partner_id).filter(pk=key.pk, revoked_at=None)
        if not mine.update(revoked_at=timezone.now()):
            return False
        record_audit(
            partner=key.partner,
            actor=actor,
            action="key.revoked",
            target=key.id,
            key=key.masked,
            name=key.name,
            **({"reason": reason} if reason else {}),
        )
    return True


def check_permissions(environment: str, permissions: Sequence[str] | None) -> None:
    """Raise `UnknownEndpoint` for a permission that this kind of key cannot have."""
    if unknown := set(permissions or ()) - permissions_for(environment):
        raise UnknownEndpoint(", ".join(sorted(unknown)))


def check_spend_limits(environment: str, *limits: int | None) -> None:
    """Raise `SpendsNothing` for a limit of a key that is not live."""
    if environment != Environment.LIVE and any(limit is not None for limit in limits):
        raise SpendsNothing


def lock_active_key(key: ApiKey) -> ApiKey:
    """Return the key as stored, with its partner's row locked until the transaction ends.

    Raises `KeyInactive`.
    """
    lock_partner(key.partner_id)
    keys = ApiKey.objects.of(key.partner_id).select_related("partner", "replaced_by")
    current = keys.get(pk=key.pk)
    if not current.is_active:
        raise KeyInactive
    return current


def has_management_key(partner: Partner) -> bool:
    return partner.api_keys.active().filter(environment=Environment.MANAGEMENT).exists()


def _insert_key(key: ApiKey, entries: list[Entry], actor: str) -> None:
    key.save(force_insert=True)
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(partner_id=key.partner_id, key=key, network=entry.network, note=entry.note)
        for entry in entries
    )
    record_audit(
        partner=key.partner,
        actor=actor,
        action="key.created",
        target=key.id,
        key=key.masked,
        networks=[str(entry.network) for entry in entries],
        **_settings_of(key),
    )


def _check_limits(partner: Partner, environment: str) -> None:
    if environment == Environment.LIVE and partner.live_approved_at is None:
        raise LiveNotApproved
    if environment == Environment.MANAGEMENT:
        if has_management_key(partner):
            raise ManagementKeyExists
    elif environment == Environment.MANAGEMENT_TEST:
        of_sandbox = partner.api_keys.filter(environment=environment)
        if of_sandbox.count_slots() >= MAX_ACTIVE_MANAGEMENT_TEST_KEYS:
            raise TooManyTestKeys
    elif read_key_slots(partner).is_full:
        raise TooManyKeys


def _settings_of(key: ApiKey) -> dict[str, Any]:
    """Return the settings by column name, as the audit trail stores them."""
    return {
        "name": key.name,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        # "none" would read as a key that cannot call anything.
        "permissions": "all" if key.permissions is None else key.permissions,
        "requests_per_minute": key.requests_per_minute,
        "requests_per_day": key.requests_per_day,
        "points_per_day": key.points_per_day,
        "points_per_month": key.points_per_month,
    }
