"""What a key's owner sets: its name, expiry, permissions and limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from accounts.endpoints import permissions_for
from accounts.models import ApiKey, Environment
from accounts.services.key_rules import SpendsNothing, UnknownEndpoint


class KeySettings(TypedDict, total=False):
    """By column of `ApiKey`; None stands for all permissions and for the usual limits."""

    name: str
    expires_at: datetime | None
    permissions: list[str] | None
    requests_per_minute: int | None
    requests_per_day: int | None
    points_per_day: int | None
    points_per_month: int | None


def assign_settings(key: ApiKey, *, settings: KeySettings) -> None:
    """Change what is given, without saving it.

    Raises `UnknownEndpoint` for a permission that this kind of key cannot have, and `SpendsNothing`
    for a limit of a key that is not live.
    """
    if unknown := set(settings.get("permissions") or ()) - permissions_for(key.environment):
        raise UnknownEndpoint(", ".join(sorted(unknown)))
    limits = (settings.get("points_per_day"), settings.get("points_per_month"))
    if key.environment != Environment.LIVE and any(limit is not None for limit in limits):
        raise SpendsNothing
    for column, value in settings.items():
        setattr(key, column, value)


def read_settings(key: ApiKey) -> dict[str, Any]:
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
