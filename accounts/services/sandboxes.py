"""Sandboxes: the owners of what test keys of the management API make."""

from __future__ import annotations

from accounts.models import Partner
from config.db.owned import sandbox_id


def open_sandbox(*, partner: Partner) -> Partner:
    """Return the partner's sandbox, created with its first test key; the caller holds the lock."""
    sandbox, _ = Partner.with_sandboxes.get_or_create(
        pk=sandbox_id(partner.pk),
        defaults={
            "sandbox_of": partner,
            "name": partner.name,
            "is_active": partner.is_active,
            "time_zone": partner.time_zone,
        },
    )
    return sandbox


def update_sandbox(*, partner: Partner, **fields: object) -> Partner | None:
    """Change the partner's sandbox as the partner was changed; return it if there is one."""
    mine = Partner.with_sandboxes.filter(sandbox_of=partner)
    mine.update(**fields)
    return mine.first()
