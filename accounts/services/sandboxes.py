"""Sandboxes: the owners of what test keys of the management API make."""

from __future__ import annotations

from accounts.models import Partner
from config.db.owned import sandbox_id


def open_sandbox(*, partner: Partner) -> None:
    """Create the partner's sandbox, with its first test key; the caller holds the lock."""
    Partner.with_sandboxes.get_or_create(
        pk=sandbox_id(partner.pk),
        defaults={
            "sandbox_of": partner,
            "name": partner.name,
            "is_active": partner.is_active,
            "time_zone": partner.time_zone,
        },
    )


def update_sandbox(*, partner: Partner, **fields: object) -> None:
    """Change the partner's sandbox, if there is one, as the partner was changed."""
    Partner.with_sandboxes.filter(sandbox_of=partner).update(**fields)
