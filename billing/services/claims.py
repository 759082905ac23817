"""What each service checks first that moves points or money for staff."""

from __future__ import annotations

from django.db.models.functions import Now

from accounts.services.locks import lock_partner
from billing.models import Approval


class NotApproved(Exception):
    """No second person has approved it, or it has been carried out already."""


def lock_approval(*, approval_id: str) -> Approval:
    """Lock the partner's row, as all writers of points do first, and then the approval."""
    partner_id = Approval.objects.of_all().values_list("partner_id", flat=True).get(pk=approval_id)
    partner = lock_partner(partner_id)
    mine = Approval.objects.of(partner_id).select_related("requested_by", "decided_by", "tier")
    approval = mine.select_for_update(no_key=True, of=("self",)).get(pk=approval_id)
    approval.partner = partner
    return approval


def claim_approval(*, approval: Approval, kind: Approval.Kind) -> Approval:
    """Mark an approval as carried out, in the transaction that does so; raise `NotApproved`."""
    claimed = lock_approval(approval_id=approval.pk)
    is_approved = claimed.state == Approval.State.APPROVED and claimed.kind == kind
    if not is_approved or claimed.carried_out_at:
        raise NotApproved(f"{claimed} is not approved, or has been carried out")
    claimed.carried_out_at = Now()
    claimed.save(update_fields=["carried_out_at"])
    return claimed


def people_of(approval: Approval) -> dict[str, str]:
    """Return what the audit trail says of an approval beside its actor, who asked."""
    approver = approval.decided_by
    return {"approval": approval.pk, "approved_by": approver.email if approver else ""}
