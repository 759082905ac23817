"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from accounts.audit import require_registered
from accounts.models import AuditEntry, Partner
from accounts.services.authorization import Admission
from config.db.owned import PLATFORM_ID, is_sandbox


def record_audit(
    *, partner: Partner | None, actor: str, action: str, target: str = "", **detail: Any
) -> None:
    """Add an entry; call this in the transaction of the action, so that both or neither commit.

    Without a partner it is an entry of the platform, which only staff see.
    Raises `UnregisteredAction`.
    """
    require_registered(action)
    AuditEntry.objects.create(
        partner_id=partner.company_id if partner else PLATFORM_ID,
        actor=actor,
        action=action,
        target=target,
        detail=detail | _test_mode(partner.pk if partner else PLATFORM_ID),
    )


def record_api_audit(*, admission: Admission, action: str, target: str, **detail: Any) -> None:
    """Add an entry for an action of a partner's server; the key is the actor."""
    require_registered(action)
    AuditEntry.objects.create(
        partner_id=admission.company_id,
        actor=f"key:{admission.key_id}",
        action=action,
        target=target,
        detail=detail | _test_mode(admission.partner_id),
    )


def _test_mode(owner: str) -> dict[str, Any]:
    """Mark what happened in a sandbox: the trail is the company's."""
    return {"testMode": True} if is_sandbox(owner) else {}
