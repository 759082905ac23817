"""The trail of what people, keys and commands did."""

from __future__ import annotations

from typing import Any

from accounts.audit import require_registered
from accounts.models import AuditEntry, Partner
from accounts.services.authorization import Admission


def record_audit(
    *, partner: Partner | None, actor: str, action: str, target: str = "", **detail: Any
) -> None:
    """Adds an entry; call it inside the transaction of the action, so that neither goes alone.

    Raises `UnregisteredAction`.
    """
    require_registered(action)
    AuditEntry.objects.create(
        partner=partner, actor=actor, action=action, target=target, detail=detail
    )


def record_call(*, admission: Admission, action: str, target: str, **detail: Any) -> None:
    """The same for what a partner's server did with a key."""
    require_registered(action)
    AuditEntry.objects.create(
        partner_id=admission.partner_id,
        actor=f"key:{admission.key_id}",
        action=action,
        target=target,
        detail=detail,
    )
