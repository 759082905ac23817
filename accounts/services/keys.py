"""Making, changing and ending API keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.endpoints import permissions_for
from accounts.keys import make_key
from accounts.models import AllowedNetwork, ApiKey, Environment, Partner
from accounts.networks import Entry, parse_entries
from accounts.services.audit import record_audit
from config.db.ids import new_id

#: Active image keys of one partner, live and test together (API docs, "Creating API Keys").
MAX_ACTIVE_IMAGE_KEYS = 10
#: Entries of one whitelist.
MAX_NETWORKS = 100


class KeyRefused(Exception):
    """The rules of keys forbid it; the text says why to the person who asked."""

    text = ""

    def __str__(self) -> str:
        return self.text


class TooManyKeys(KeyRefused):
    """The partner has as many active keys as it may have."""

    text = f"All {MAX_ACTIVE_IMAGE_KEYS} keys are in use. Revoke one that you no longer need."


class TooManyNetworks(KeyRefused):
    """The whitelist of a key is limited, for every call is held against it."""

    text = f"A whitelist can have {MAX_NETWORKS} entries at most. Combine addresses into networks."


class ManagementKeyExists(KeyRefused):
    """There is one management key; a new one comes from rolling it."""

    text = "You already have a management key. Roll it to get a new one."


class LiveNotApproved(KeyRefused):
    """Staff have not approved this partner for live keys yet."""

    text = "Live keys need approval by ShopIQ. Test keys work now."


class KeyEnded(KeyRefused):
    """A revoked or expired key stays as it is."""

    text = "A revoked or expired key cannot be changed. Create a new one."


class AlreadyRolled(KeyRefused):
    """Another key has replaced this one, so that its end is fixed."""

    text = "This key was already rolled. It stops working when the overlap ends."


class AlreadyMade(KeyRefused):
    """The form that asks for this key was sent before."""

    text = "This key was already created. A key is shown only once."


class UnknownEndpoint(Exception):
    """A permission names an endpoint that keys of this environment do not open."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made; `secret` is in nobody's hands but the caller's."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class KeySlots:
    """How many image keys a partner uses, of how many."""

    used: int
    limit: int = MAX_ACTIVE_IMAGE_KEYS

    @property
    def is_full(self) -> bool:
        return self.used >= self.limit


def read_key_slots(partner: Partner) -> KeySlots:
    """Of live and test keys together."""
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
) -> IssuedKey:
    """Makes a key.

    `networks` are lines of `networks.parse_entry`. `key_id` makes a request that is sent twice
    make one key. Raises `KeyRefused` (`AlreadyMade`, `TooManyKeys`, `TooManyNetworks`,
    `ManagementKeyExists`, `LiveNotApproved`), `UnknownEndpoint`, `networks.InvalidNetwork`.
    """
    check_permissions(environment, permissions)
    entries = parse_entries(networks)
    if len(entries) > MAX_NETWORKS:
        raise TooManyNetworks
    fresh = make_key(environment)
    key = ApiKey(
        id=key_id or new_id(),
        partner=partner,
        environment=environment,
        name=name,
        secret_hash=fresh.secret_hash,
        last_four=fresh.last_four,
        expires_at=expires_at,
        permissions=None if permissions is None else list(permissions),
        requests_per_minute=requests_per_minute,
        requests_per_day=requests_per_day,
    )
    with transaction.atomic():
        # The partner's row is the lock: two who press at once are counted one after the other.
        partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        if ApiKey.objects.filter(pk=key.pk).exists():
            raise AlreadyMade
        _check_room(partner, environment)
        _insert_key(key, entries, actor)
    return IssuedKey(key, fresh.secret)


def edit_key(
    *,
    key: ApiKey,
    actor: str,
    name: str,
    expires_at: datetime | None,
    permissions: Sequence[str] | None,
    requests_per_minute: int | None,
    requests_per_day: int | None,
) -> ApiKey:
    """Gives an active key new settings; its next call is held to them.

    Raises `KeyEnded`, `AlreadyRolled` where a rolled key would get another end, `UnknownEndpoint`.
    """
    check_permissions(key.environment, permissions)
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


def revoke_key(*, key: ApiKey, actor: str) -> None:
    """Ends a key at once and for good; revoking it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record_audit(
                partner=key.partner,
                actor=actor,
                action="key.revoked",
                target=key.id,
                key=key.masked,
                name=key.name,
            )


def check_permissions(environment: str, permissions: Sequence[str] | None) -> None:
    """Raises `UnknownEndpoint`."""
    if unknown := set(permissions or ()) - permissions_for(environment):
        raise UnknownEndpoint(", ".join(sorted(unknown)))


def lock_active_key(key: ApiKey) -> ApiKey:
    """The key as it is now, its partner's row locked until the transaction ends.

    Raises `KeyEnded`.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=key.partner_id)
    current = ApiKey.objects.select_related("partner", "replaced_by").get(pk=key.pk)
    if not current.is_active:
        raise KeyEnded
    return current


def has_management_key(partner: Partner) -> bool:
    return partner.api_keys.active().filter(environment=Environment.MANAGEMENT).exists()


def _insert_key(key: ApiKey, entries: list[Entry], actor: str) -> None:
    key.save(force_insert=True)
    AllowedNetwork.objects.bulk_create(
        AllowedNetwork(key=key, network=entry.network, note=entry.note) for entry in entries
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


def _check_room(partner: Partner, environment: str) -> None:
    if environment == Environment.LIVE and partner.live_approved_at is None:
        raise LiveNotApproved
    if environment == Environment.MANAGEMENT:
        if has_management_key(partner):
            raise ManagementKeyExists
    elif read_key_slots(partner).is_full:
        raise TooManyKeys


def _settings_of(key: ApiKey) -> dict[str, Any]:
    """What people set on a key, by column, as the audit trail keeps it."""
    return {
        "name": key.name,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        # "none" would read as a key that may call nothing.
        "permissions": "all" if key.permissions is None else key.permissions,
        "requests_per_minute": key.requests_per_minute,
        "requests_per_day": key.requests_per_day,
    }
