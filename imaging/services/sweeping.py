"""Refund the reservations of processes that died."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from billing.models import Charge
from imaging.backends import configured_storage
from imaging.models import ImageOperation
from imaging.requests import MAX_OUTPUTS, file_names
from imaging.services.announcements import refund_and_announce
from imaging.storage.base import StorageError

log = structlog.get_logger(__name__)

_BATCH = 200


def refund_expired() -> int:
    """Refund operations whose lease expired; return how many. Safe to run concurrently."""
    # Leases are measured by the database's clock.
    expired = Charge.objects.of_all().reserved().filter(lease_until__lt=Now())
    rows = expired.order_by("id").values_list("partner_id", "id")
    refunded, last = 0, ""
    # Skip those that cannot be refunded, however many: others wait behind them.
    while batch := list(rows.filter(id__gt=last)[:_BATCH]):
        refunded += _refund(batch)
        _, last = batch[-1]
    return refunded


def refund_abandoned(instance: str) -> int:
    """Refund what one web instance, known to be dead or stopping, still holds."""
    held = Charge.objects.of_all().reserved().filter(holder=instance)
    return _refund(list(held.values_list("partner_id", "id")))


def _refund(rows: list[tuple[str, str]]) -> int:
    """Refund operations given by partner and id; return how many."""
    refunded = [row for row in rows if _refund_one(*row)]
    for partner_id, operation_id in refunded:
        for operation in ImageOperation.objects.of(partner_id).filter(pk=operation_id):
            _discard(operation)
    connection.close()
    return len(refunded)


def _refund_one(partner_id: str, operation_id: str) -> bool:
    try:
        return refund_and_announce(
            partner_id=partner_id,
            operation_id=operation_id,
            failure=ImageOperation.Failure.ABANDONED,
        )
    except DatabaseError:
        if not connection.is_usable():
            raise
        # A damaged or locked row must not delay the refunds of other partners.
        log.exception("refund failed", operation=operation_id)
        return False


def _discard(operation: ImageOperation) -> None:
    names = file_names(operation.partner_id, operation.action, operation.file_token, MAX_OUTPUTS)
    try:
        configured_storage().delete(names)
    except StorageError:
        log.warning("stored images of refunded operation not deleted", operation=operation.id)
