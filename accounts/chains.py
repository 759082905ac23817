"""The hash chain of the audit trail."""

from __future__ import annotations

from accounts.models import AuditDigest, AuditEntry
from config.chain.chains import Chain, register_chain

AUDIT = register_chain(
    Chain(
        "audit",
        AuditEntry,
        AuditDigest,
        time_field="at",
        fields=("id", "partner_id", "at", "actor", "action", "target", "detail"),
    )
)
