"""Personal data that staff read in full, which partners see in their audit trail."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import AuditEntry, Partner, User
from accounts.services.audit import record_audit

#: An audit action.
OPENED = "personal_data.opened"


class TooManyOpenings(Exception):
    def __init__(self) -> None:
        limit = settings.PERSONAL_DATA_PER_DAY
        super().__init__(f"You have opened personal data {limit} times in the last 24 hours.")


def record_opening(*, partner: Partner, staff: User, kind: str, target: str, reason: str) -> None:
    """Record that a member of staff is shown a row's personal data, before it is.

    Raises `TooManyOpenings`.
    """
    with transaction.atomic():
        # The person's row is the lock: forms sent at once are counted one after the other.
        User.objects.select_for_update().get(pk=staff.pk)
        mine = AuditEntry.objects.of_all().filter(action=OPENED, actor=staff.email)
        if mine.filter(at__gt=Now() - timedelta(days=1)).count() >= settings.PERSONAL_DATA_PER_DAY:
            raise TooManyOpenings
        record_audit(
            partner=partner,
            actor=staff.email,
            action=OPENED,
            target=target,
            kind=kind,
            reason=reason,
        )
