"""Keys in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import AllowedNetwork, ApiKey
from accounts.services.keys import create_key, revoke_key
from tests.factories import mark_used
from tests.seed.history import ago, backdate
from tests.seed.side import Side

#: Name → environment, days since it was made, hours since its last use, and what it is limited to.
_KEYS: dict[str, tuple[str, int, float | None, dict[str, Any]]] = {
    "Back office": ("management", 118, 0.4, {}),
    "Storefront": ("live", 110, 0.02, {}),
    "Catalogue import": (
        "live",
        74,
        6,
        {"permissions": ["image.create"], "requests_per_minute": 30, "requests_per_day": 2_000},
    ),
    "Mobile app": ("live", 61, 1.2, {}),
    "Campaign pages": ("live", 90, 24 * 71, {}),
    "Old storefront": ("live", 104, 24 * 76, {}),
    "Staging": ("test", 110, 3, {}),
    "Kavya's laptop": ("test", 12, None, {}),
    "Nightly checks": ("test", 40, 9, {}),
}
_OFFICES = [("203.0.113.0/24", "Mumbai office"), ("198.51.100.17/32", "Build server")]
#: Days since.
_EXPIRED, _REVOKED = 70, 75


def add_keys(side: Side) -> None:
    owner = side.owner.email
    for name, (environment, _, _, limits) in _KEYS.items():
        made = create_key(
            partner=side.partner, environment=environment, actor=owner, name=name, **limits
        )
        side.keys[name] = made.key
        side.secrets.append(made.secret)
    for name in ("Storefront", "Staging"):
        side.rows["network"] = _allow_offices(side.keys[name])
    _age(side)
    _expire(side, "Mobile app", timedelta(days=5))
    _expire(side, "Campaign pages", timedelta(days=-_EXPIRED))
    revoke_key(key=side.keys["Old storefront"], actor=owner)
    backdate(ApiKey, {side.keys["Old storefront"].pk: ago(days=_REVOKED)}, "revoked_at")
    _roll_nightly_checks(side)
    # A test key: everybody who may do anything with keys may do it with this one.
    side.rows["key"] = side.keys["Staging"].pk


def _allow_offices(key: ApiKey) -> str:
    entries = [
        AllowedNetwork(partner=key.partner, key=key, network=network, note=note)
        for network, note in _OFFICES
    ]
    return str(AllowedNetwork.objects.bulk_create(entries)[0].pk)


def _age(side: Side) -> None:
    backdate(
        ApiKey, {side.keys[name].pk: ago(days=key[1]) for name, key in _KEYS.items()}, "created_at"
    )
    for name, (_, _, hours, _) in _KEYS.items():
        if hours is not None:
            mark_used(side.keys[name], ago(hours=hours))


def _expire(side: Side, name: str, span: timedelta) -> None:
    ApiKey.objects.filter(pk=side.keys[name].pk).update(expires_at=timezone.now() + span)


def _roll_nightly_checks(side: Side) -> None:
    """Half-way through an overlap of a day: both of them work."""
    old = side.keys["Nightly checks"]
    new = create_key(
        partner=side.partner,
        environment="test",
        actor=side.people["developer"].email,
        name=old.name,
    )
    ApiKey.objects.filter(pk=new.key.pk).update(replaces=old, rate_subject=old.rate_subject)
    _expire(side, "Nightly checks", timedelta(hours=13))
    side.secrets.append(new.secret)
