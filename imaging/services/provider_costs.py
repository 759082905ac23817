"""What the provider bills."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from accounts.services.audit import record_audit
from imaging.models import ImageOperation, ProviderCost
from imaging.services.operations import Operation

log = structlog.get_logger(__name__)


class CostAlreadySet(Exception):
    """The action and mode have a cost from this time on."""


def set_provider_cost(
    *, action: str, mode: str, paise: int, starts_at: datetime, note: str = "", actor: str
) -> ProviderCost:
    """Set the cost of a request from a time on; raises `CostAlreadySet`."""
    try:
        with transaction.atomic():
            cost = ProviderCost.objects.create(
                action=action, mode=mode, paise=paise, starts_at=starts_at, note=note
            )
            record_audit(
                partner=None,
                actor=actor,
                action="provider_cost.set",
                target=cost.pk,
                operation=action,
                mode=mode,
                paise=paise,
                starts_at=starts_at.isoformat(),
                note=note,
            )
    except IntegrityError as error:
        raise CostAlreadySet from error
    return cost


def note_billed(operation: Operation) -> None:
    """Note that the provider worked for a request that was refunded."""
    rows = ImageOperation.objects.of(operation.partner_id)
    try:
        rows.filter(pk=operation.id, charge__state="refunded").update(is_billed=True)
    except DatabaseError:
        log.warning("billed request not noted", operation=operation.id)
