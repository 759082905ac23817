"""Creating, editing and revoking API keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Unpack

from django.db import transaction
from django.utils import timezone

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
    TooManyKeys,
    TooManyNetworks,
    TooManyTestKeys,
)
from accounts.services.key_settings import KeySettings, assign_settings, read_settings
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
    """The number of keys in use, and its limit."""

    used: int
    limit: int

    @classmethod
    def of(cls, active: Iterable[ApiKey], limit: int = MAX_ACTIVE_IMAGE_KEYS) -> KeySlots:
        """Count active keys; those rolled into one another share a slot."""
        return cls(len({key.rate_subject for key in active}), limit)

    @property
    def is_full(self) -> bool:
        return self.used >= self.limit


def read_key_slots(partner: Partner) -> KeySlots:
    """Count live and test keys together."""
    return KeySlots.of(partner.api_keys.for_images().active())


def create_key(
    *,
    partner: Partner,
    environment: str,
    actor: str,
    key_id: str | None = None,
    networks: Iterable[str] = (),
    **settings: Unpack[KeySettings],
) -> IssuedKey:
    """Create a key.

    `networks` are lines for `networks.parse_entry`. A repeated `key_id` creates no second key.
    Raises `KeyRuleError` (`AlreadyCreated`, `TooManyKeys`, `TooManyNetworks`,
    `TooManyTestKeys`, `ManagementKeyExists`, `LiveNotApproved`, `SpendsNothing`),
    `UnknownEndpoint`, `networks.InvalidNetwork`.
    """
    entries = parse_entries(networks)
    if len(entries) > MAX_NETWORKS:
        raise TooManyNetworks
    generated = generate_key(environment)
    key = ApiKey(
        id=key_id or new_id(),
        partner=partner,
        environment=environment,
        name="Default",
        secret_hash=generated.secret_hash,
        last_four=generated.last_four,
    )
    assign_settings(key, settings=settings)
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


def edit_key(*, key: ApiKey, actor: str, **settings: Unpack[KeySettings]) -> None:
    """Change the given settings of an active key, from its next call on.

    Raises `KeyInactive`, `UnknownEndpoint`, `SpendsNothing`, and `AlreadyRolled` for a new expiry
    of a rolled key.
    """
    with transaction.atomic():
        key = lock_active_key(key)
        before, expires_at = read_settings(key), key.expires_at
        assign_settings(key, settings=settings)
        if key.was_rolled and key.expires_at != expires_at:
            raise AlreadyRolled
        after = read_settings(key)
        changed = [column for column in after if after[column] != before[column]]
        if changed:
            key.save(update_fields=changed)
            record_audit(
                partner=key.partner,
                actor=actor,
                action="key.edited",
                target=key.id,
                key=key.masked,
                before={column: before[column] for column in changed},
                after={column: after[column] for column in changed},
            )


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
        **read_settings(key),
    )


def _check_limits(partner: Partner, environment: str) -> None:
    if environment == Environment.LIVE and partner.live_approved_at is None:
        raise LiveNotApproved
    if environment == Environment.MANAGEMENT:
        if has_management_key(partner):
            raise ManagementKeyExists
    elif environment == Environment.MANAGEMENT_TEST:
        tests = partner.api_keys.filter(environment=environment).active()
        if KeySlots.of(tests, MAX_ACTIVE_MANAGEMENT_TEST_KEYS).is_full:
            raise TooManyTestKeys
    elif read_key_slots(partner).is_full:
        raise TooManyKeys
