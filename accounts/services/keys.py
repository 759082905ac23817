"""Making and ending API keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.endpoints import endpoints_of
from accounts.keys import make_key
from accounts.models import AllowedNetwork, ApiKey, Environment, Partner
from accounts.networks import parse_network
from accounts.services.audit import record_audit

#: Active image keys of one partner, live and test together (L1491).
MAX_ACTIVE_IMAGE_KEYS = 10


class TooManyKeys(Exception):
    """The partner has as many active keys as it may have."""


class LiveNotApproved(Exception):
    """Staff have not approved this partner for live keys yet."""


class UnknownEndpoint(Exception):
    """A permission names an endpoint that keys of this environment do not open."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made; `secret` is in nobody's hands but the caller's."""

    key: ApiKey
    secret: str


def create_key(
    *,
    partner: Partner,
    environment: str,
    actor: str,
    name: str = "Default",
    expires_at: datetime | None = None,
    permissions: Sequence[str] | None = None,
    networks: Iterable[str] = (),
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
) -> IssuedKey:
    """Makes a key.

    Raises `TooManyKeys`, `LiveNotApproved`, `UnknownEndpoint`, `networks.InvalidNetwork`.
    """
    if unknown := set(permissions or ()) - endpoints_of(environment):
        raise UnknownEndpoint(", ".join(sorted(unknown)))
    allowed = [parse_network(text) for text in networks]
    fresh = make_key(environment)
    with transaction.atomic():
        # The partner's row is the lock: two who press at once are counted one after the other.
        partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        _check_room(partner, environment)
        key = ApiKey.objects.create(
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
        AllowedNetwork.objects.bulk_create(
            AllowedNetwork(key=key, network=network) for network in dict.fromkeys(allowed)
        )
        record_audit(partner=partner, actor=actor, action="key.created", target=key.id)
    return IssuedKey(key, fresh.secret)


def revoke_key(*, key: ApiKey, actor: str) -> None:
    """Ends a key at once and for good; revoking it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record_audit(partner=key.partner, actor=actor, action="key.revoked", target=key.id)


def _check_room(partner: Partner, environment: str) -> None:
    if environment == Environment.MANAGEMENT:
        return
    if environment == Environment.LIVE and partner.live_approved_at is None:
        raise LiveNotApproved
    if partner.api_keys.active().for_images().count() >= MAX_ACTIVE_IMAGE_KEYS:
        raise TooManyKeys
