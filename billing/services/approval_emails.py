"""Emails to staff about requests for approval."""

from __future__ import annotations

from django.conf import settings

from accounts.staff import active_staff_with, counting_as_one
from billing.models import Approval
from billing.services.approval_rules import DECIDE
from config.mail.send import send_mail


def send_request(approval: Approval) -> None:
    """Tell those who can approve, except for the person who asks."""
    asker = counting_as_one(approval.requested_by)
    others = active_staff_with(DECIDE).exclude(pk__in=asker)
    _send("billing/approval_requested", others.values_list("email", flat=True), approval)


def send_decision(approval: Approval) -> None:
    """Tell the person who asked, unless they decided it themselves."""
    if approval.decided_by_id != approval.requested_by_id:
        _send("billing/approval_decided", [approval.requested_by.email], approval)


def _send(template: str, to: object, approval: Approval) -> None:
    send_mail(
        template,
        to,  # type: ignore[arg-type]
        approval=approval,
        partner=approval.partner,
        url=f"{settings.PUBLIC_URL}{approval.get_absolute_url()}",
    )
