"""Gives back what dead processes had reserved."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from billing.models import Charge
from imaging.backends import configured_storage
from imaging.models import ImageOperation
from imaging.requests import MAX_OUTPUTS, file_names
from imaging.services.operations import refund_operation
from imaging.storage.base import StorageError

log = structlog.get_logger(__name__)

_BATCH = 200


def refund_expired() -> int:
    """Refunds operations whose lease ran out; returns how many. Safe to run anywhere, at once."""
    # The database's clock decides: leases were measured by it.
    expired = Charge.objects.reserved().filter(lease_until__lt=Now()).order_by("id")
    refunded, last = 0, ""
    # Past those that cannot be refunded, however many they are: others wait behind them.
    while batch := list(expired.filter(id__gt=last).values_list("id", flat=True)[:_BATCH]):
        refunded += _refund(batch)
        last = batch[-1]
    return refunded


def refund_abandoned(instance: str) -> int:
    """Refunds what one web instance, known to be dead or dying, still holds."""
    held = Charge.objects.reserved().filter(holder=instance)
    return _refund(list(held.values_list("id", flat=True)))


def _refund(operation_ids: list[str]) -> int:
    refunded = [operation_id for operation_id in operation_ids if _refund_one(operation_id)]
    for operation in ImageOperation.objects.filter(id__in=refunded):
        _discard(operation)
    connection.close()
    return len(refunded)


def _refund_one(operation_id: str) -> bool:
    try:
        return refund_operation(operation_id=operation_id, failure=ImageOperation.Failure.ABANDONED)
    except DatabaseError:
        if not connection.is_usable():
            raise
        # A damaged or locked row is that partner's trouble: no other's points may wait for it.
        log.exception("refund failed", operation=operation_id)
        return False


def _discard(operation: ImageOperation) -> None:
    names = file_names(operation.partner_id, operation.action, operation.file_token, MAX_OUTPUTS)
    try:
        configured_storage().delete(names)
    except StorageError:
        log.warning("stored images of refunded operation not deleted", operation=operation.id)
