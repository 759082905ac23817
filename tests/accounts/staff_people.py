"""The page of staff, and what the audit trail says of them."""

from __future__ import annotations

from accounts.models import AuditEntry
from config.db.owned import PLATFORM_ID

PAGE = "/admin/staff/"


def actions() -> list[str]:
    trail = AuditEntry.objects.of(PLATFORM_ID).order_by("at", "id")
    return [entry.action for entry in trail if entry.action.startswith("staff.")]
